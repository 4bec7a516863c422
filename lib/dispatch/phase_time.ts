import type { ScriptConf } from '../model/conf/dispatch_conf';
import { monotonic } from '../system/process/monotonic';

/** The time limit of all scripts of one call: libvirt waits for them with the guest locked. */
export interface PhaseTime {
  /** The limit in seconds. */
  readonly seconds: number;
  /** The conf of a script with its timeout reduced to the time that is left. null: no time is left. */
  limit(conf: ScriptConf): ScriptConf | null;
}

/**
 * Starts the time. The limit is never less than the `timeout` of a script: a script with an hour in conf gets it.
 *
 * @param confs the confs of the scripts that will be run
 */
export function startPhaseTime(confs: readonly ScriptConf[]): PhaseTime {
  const seconds = Math.max(0, ...confs.flatMap(({ timeout, phaseTimeout }) => [timeout, phaseTimeout]));
  const until = monotonic() + seconds * 1000;
  return {
    seconds,
    limit(conf) {
      const left = Math.ceil((until - monotonic()) / 1000);
      return left <= 0 ? null : { ...conf, timeout: Math.min(conf.timeout, left) };
    },
  };
}
