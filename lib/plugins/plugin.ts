import type { HostIo } from '../model/io';
import type { ExitCode } from '../model/known_error';
import type { HookCall } from '../model/libvirt/hook_call';

/** What a plugin is run for. */
export interface PluginCall {
  /** The guest's or network's name, or daemon's operation; by hand what was typed. */
  readonly object: string;
  /** By hand: every running guest of the host, rather than one. */
  readonly all: boolean;
  /** By hand with `all`: look again after each change, until no guest has changed for so many seconds. */
  readonly settle?: number | undefined;
  /** libvirt's call; null by hand. */
  readonly hook: HookCall | null;
  /** The conf file's path. */
  readonly conf: string;
  /** Where the other plugins' conf files are; beside this one's unless given. */
  readonly confFolder?: string;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** By hand: even if it cuts the host off. */
  readonly force?: boolean;
}

/** Whether a call is about every running guest: by hand with --all, or when the daemon reloads. */
export function isForAll({ all, hook }: PluginCall): boolean {
  return all || hook?.driver === 'daemon';
}

/** One thing that failed, and what it concerns as far as that is known. */
export interface Failure {
  /** One line, with what to do next. */
  readonly message: string;
  readonly guest?: string;
  readonly bridge?: string | null;
  readonly port?: string;
}

export interface PluginOutcome {
  readonly status: ExitCode;
  /** One line: what came of it, and where it failed what to do. */
  readonly summary: string;
  /** What `--json` prints. */
  readonly report: unknown;
  /** All that failed, for the journal; without it the summary is the one failure. */
  readonly failures?: readonly Failure[];
}

/** A plugin's work. Throws KnownError only; everything else that it throws is a bug. */
export type Plugin = (call: PluginCall, io: HostIo) => Promise<PluginOutcome>;
