import type { HookCall } from '../libvirt/hook_call';
import { formatConfProblem } from './conf_problem';
import { DISPATCH_KEYS, isMeantFor, type ScriptConf } from './dispatch_conf';

/** Why dispatch.conf skips a script in a call: it is disabled, or only for other guests. */
export type DispatchSkip = 'disabled' | 'other-guests';

/** What dispatch.conf says about a script in a call. */
export type DispatchVerdict =
  | { readonly run: true }
  /** It is not meant to be run: nothing is wrong. */
  | { readonly run: false; readonly skip: DispatchSkip }
  /** It must not be run, because dispatch.conf has an error about it. That counts as a failure. */
  | { readonly run: false; readonly refusal: string };

/**
 * Whether a script is run. A script whose section has an error is not run: with `guests` misspelt, it would run for
 * all. If the script would not be run despite the error, it is skipped, and nothing fails.
 */
export function dispatchVerdict(conf: ScriptConf, call: HookCall): DispatchVerdict {
  const [problem] = conf.problems;
  if (conf.problems.every(({ key }) => isAboutHow(key))) {
    if (!conf.enabled) return { run: false, skip: 'disabled' };
    // The daemon is not a guest and has no name.
    if (call.driver !== 'daemon' && !isMeantFor(conf, call.object))
      return { run: false, skip: 'other-guests' };
  }
  if (problem === undefined) return { run: true };
  const more = conf.problems.length === 1 ? '' : ` (and ${conf.problems.length - 1} more)`;
  return { run: false, refusal: `not run: ${formatConfProblem(problem)}${more}` };
}

/** Whether a key only says how a script is run, not whether it is. */
function isAboutHow(key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(DISPATCH_KEYS, key) && key !== 'guests' && key !== 'enabled';
}
