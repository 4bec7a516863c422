import type { HostIo } from '../model/io';
import { Exit, type ExitCode } from '../model/known_error';
import type { HookCall } from '../model/libvirt/hook_call';
import type { PortChange } from './port_change';

/** What a plugin is run for. */
export interface PluginCall {
  /** The name of the guest or network, or the operation for daemon; by hand, what was typed. */
  readonly object: string;
  /** By hand: every running guest of the host instead of one. */
  readonly all: boolean;
  /** By hand with `all`: repeat until no guest has changed for this number of seconds. */
  readonly settle?: number | undefined;
  /** By hand: stay while guests move, and repeat whenever one changes. */
  readonly follow?: boolean;
  /** libvirt's call; null by hand. */
  readonly hook: HookCall | null;
  /** The conf file's path. */
  readonly conf: string;
  /** The folder of the other plugins' conf files; by default that of `conf`. */
  readonly confFolder?: string;
  /** Report what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** By hand: even if it disconnects the host. */
  readonly force?: boolean;
}

/** Whether a call is about every running guest: by hand with --all, or when the daemon reloads. */
export function isForAll({ all, hook }: PluginCall): boolean {
  return all || hook?.driver === 'daemon';
}

/** One failure, and what it concerns as far as that is known. */
export interface Failure {
  /** One line, with what to do next. */
  readonly message: string;
  readonly guest?: string;
  readonly bridge?: string | null;
  readonly port?: string;
}

export interface PluginOutcome {
  readonly status: ExitCode;
  /** One line: the result, and what to do if it failed. */
  readonly summary: string;
  /** What `--json` prints. */
  readonly report: unknown;
  /** All failures, for the journal; by default the summary is the only one. */
  readonly failures?: readonly Failure[];
  /** The ports that are as wanted because of this run; with dryRun, those that would be. */
  readonly changes?: readonly PortChange[];
}

/** The failures of a run; none if it succeeded. */
export function failuresIn({ status, summary, failures }: PluginOutcome): readonly Failure[] {
  if (status === Exit.done) return [];
  return failures ?? [{ message: summary }];
}

/** A plugin's work. Throws KnownError only; everything else that it throws is a bug. */
export type Plugin = (call: PluginCall, io: HostIo) => Promise<PluginOutcome>;
