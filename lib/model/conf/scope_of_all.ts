import { formatConfProblem } from './conf_problem';
import { isMeantFor, readDispatchConf } from './dispatch_conf';

/** Which guests a run for all of them is about. */
export type ScopeOfAll =
  | { readonly isRun: true; readonly isMeant: (guest: string) => boolean }
  /** Nothing is done; `isError`: since dispatch.conf has an error there. */
  | { readonly isRun: false; readonly isError: boolean; readonly why: string };

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
  if (problem !== undefined) return { isRun: false, isError: true, why: formatConfProblem(problem) };
  if (!script.enabled) return { isRun: false, isError: false, why: `${file} disables ${name}` };
  return { isRun: true, isMeant: (guest) => isMeantFor(script, guest) };
}
