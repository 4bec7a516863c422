import type { ScriptConf } from '../model/conf/dispatch_conf';
import type { HookCall } from '../model/libvirt/hook_call';
import type { Failure } from '../plugins/plugin';
import type { ScratchFile } from '../system/files/scratch_file';
import type { LogFile } from '../system/log/log_file';
import type { ScriptFailure } from '../system/process/run_script';
import type { Script } from './list_scripts';
import type { Env } from './script_env';

/** What every script of a call shares. */
export interface CallContext {
  readonly call: HookCall;
  readonly root: string;
  /** The dispatcher's own file. */
  readonly file: string;
  readonly isFilter: boolean;
  /** What libvirt, or in filter phases the script before, wrote. */
  readonly input: Buffer;
  /** The same as a file, made when the first script needs it; null where there is no place for it. */
  readonly inputFile: () => ScratchFile | null;
  readonly env: () => Env;
  /** Aborts where the hook itself is told to end. */
  readonly signal: AbortSignal;
}

/** One script, and where it leaves what. */
export interface ScriptJob {
  readonly script: Script;
  readonly conf: ScriptConf;
  readonly confFile: string;
  readonly logPath: string;
  readonly log: LogFile;
}

/** What came of one script, before the phase's rules are applied. */
export interface RunResult {
  readonly status: number | null;
  /** null: it succeeded. */
  readonly failure: ScriptFailure | null;
  readonly note: string | null;
  /** Of a bundled plugin that failed: what, each with the port that it concerns. */
  readonly failures?: readonly Failure[];
  /** In filter phases what it wrote to its standard output. */
  readonly output: Buffer;
}
