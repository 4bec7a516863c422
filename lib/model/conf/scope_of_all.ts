import { formatConfProblem, type ConfProblem } from './conf_problem';
import { isMeantFor, readDispatchConf } from './dispatch_conf';

/** Which guests a run for all of them is about. */
export type ScopeOfAll =
  | { readonly isRun: true; readonly isMeant: (guest: string) => boolean }
  /** Nothing is done. `problem`: the error in dispatch.conf that stops it; null: the run is not meant to be. */
  | { readonly isRun: false; readonly problem: ConfProblem | null; readonly why: string };

/**
 * What dispatch.conf says about a run of a script for all guests, which no dispatcher starts for each of them: it is
 * bound by `enabled` and `guests` all the same. An error in the script's section, or in what it inherits, stops it.
 *
 * @param text of dispatch.conf; null: there is none
 * @param name the script's, less its extension
 */
export function scopeOfAll(text: string | null, file: string, name: string): ScopeOfAll {
  const script = readDispatchConf(text ?? '', file).forScript(name);
  const [problem] = script.problems;
  if (problem !== undefined) return { isRun: false, problem, why: formatConfProblem(problem) };
  if (!script.enabled) return { isRun: false, problem: null, why: `${file} disables ${name}` };
  return { isRun: true, isMeant: (guest) => isMeantFor(script, guest) };
}
