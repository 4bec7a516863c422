import type { ScriptConf } from '../model/conf/dispatch_conf';
import { monotonic } from '../system/process/monotonic';

/** The time that all scripts of one call have together: libvirt waits for it with the guest locked. */
export interface PhaseTime {
  /** Seconds in all. */
  readonly seconds: number;
  /** How a script is run now: its own time, or what is left of all. null: nothing is left. */
  limit(conf: ScriptConf): ScriptConf | null;
}

/**
 * Begins to count. A script's own `timeout` is never more than the whole, so that one which conf gives an hour has it.
 *
 * @param confs of the scripts that are to be run
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
