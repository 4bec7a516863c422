import type { HookCall } from '../libvirt/hook_call';
import { formatConfProblem } from './conf_problem';
import { DISPATCH_KEYS, isMeantFor, type ScriptConf } from './dispatch_conf';

/** Why dispatch.conf has a script not run in a call: for no guest, or for others only. */
export type DispatchSkip = 'disabled' | 'other-guests';

/** What dispatch.conf says of a script in a call. */
export type DispatchVerdict =
  | { readonly run: true }
  /** It is not meant to be run: nothing is wrong. */
  | { readonly run: false; readonly skip: DispatchSkip }
  /** It must not be run, as dispatch.conf is wrong about it: as good as a failure. */
  | { readonly run: false; readonly refusal: string };

/**
 * Whether a script is run. One whose section has an error is not: `guests` misspelt must not have it run for all. Where
 * the error leaves no doubt that it would not be run anyway, it is skipped, and nothing fails.
 */
export function dispatchVerdict(conf: ScriptConf, call: HookCall): DispatchVerdict {
  const [problem] = conf.problems;
  if (conf.problems.every(({ key }) => isAboutHow(key))) {
    if (!conf.enabled) return { run: false, skip: 'disabled' };
    // The daemon is no guest and has no name.
    if (call.driver !== 'daemon' && !isMeantFor(conf, call.object))
      return { run: false, skip: 'other-guests' };
  }
  if (problem === undefined) return { run: true };
  const more = conf.problems.length === 1 ? '' : ` (and ${conf.problems.length - 1} more)`;
  return { run: false, refusal: `not run: ${formatConfProblem(problem)}${more}` };
}

/** Whether a key says only how a script is run, not whether. */
function isAboutHow(key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(DISPATCH_KEYS, key) && key !== 'guests' && key !== 'enabled';
}
