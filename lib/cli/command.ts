import type { Argv } from 'yargs';
import type { HostIo } from '../model/io';

/** What a command gets in addition to its arguments. */
export interface CliContext {
  /** The hooks root: /etc/libvirt/hooks, or the folder where the executable is installed. */
  readonly root: string;
  readonly version: string;
  readonly io: HostIo;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Characters per line; 80 if the output is not a terminal. */
  readonly columns: number;
  readonly color: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** The positional arguments and options of a call, by name. */
export type CliArgs = Readonly<Record<string, unknown>>;

/** A subcommand of `kvmvlan`. */
export interface Command {
  /** In the syntax of yargs: `status [name]`. */
  readonly command: string;
  readonly describe: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** The examples are the steps of one procedure: they are the first lines of the help. */
  readonly isProcedure?: true;
  readonly options: (yargs: Argv) => Argv;
  /** Returns the exit status. Throws KnownError. */
  readonly run: (args: CliArgs, context: CliContext) => Promise<number>;
}
