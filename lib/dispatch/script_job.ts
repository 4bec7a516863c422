import type { ScriptConf } from '../model/conf/dispatch_conf';
import type { HookCall } from '../model/libvirt/hook_call';
import type { Failure } from '../plugins/plugin';
import type { PortChange } from '../plugins/port_change';
import type { ScratchFile } from '../system/files/scratch_file';
import type { LogFile } from '../system/log/log_file';
import type { ScriptFailure } from '../system/process/run_script';
import type { PlannedScript } from './plan_call';
import type { Env } from './script_env';

/** The data that all scripts of a call share. */
export interface CallContext {
  readonly call: HookCall;
  readonly root: string;
  /** The dispatcher's own file. */
  readonly file: string;
  readonly isFilter: boolean;
  /** The output of libvirt, or in filter phases of the previous script. */
  readonly input: Buffer;
  /** The same as a file, made when the first script needs it; null: it could not be made. */
  readonly inputFile: () => ScratchFile | null;
  readonly env: () => Env;
  /** Aborts when the hook itself is terminated. */
  readonly signal: AbortSignal;
}

/** One script that is run now. */
export interface ScriptJob {
  readonly planned: PlannedScript;
  /** Its conf with the time that is left. */
  readonly conf: ScriptConf;
  readonly log: LogFile;
}

/** The result of one script, before the phase's rules are applied. */
export interface RunResult {
  readonly status: number | null;
  /** null: it succeeded. */
  readonly failure: ScriptFailure | null;
  readonly note: string | null;
  /** The failures of a bundled plugin, each with its port. */
  readonly failures?: readonly Failure[];
  /** The ports that a bundled plugin has changed. */
  readonly changes?: readonly PortChange[];
  /** In filter phases its standard output. */
  readonly output: Buffer;
}
