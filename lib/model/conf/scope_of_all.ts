import { formatConfProblem, type ConfProblem } from './conf_problem';
import { isMeantFor, readDispatchConf } from './dispatch_conf';

/** The guests that a run for all guests is for. */
export type ScopeOfAll =
  | { readonly isRun: true; readonly isMeant: (guest: string) => boolean }
  /** Nothing is done. `problem`: the error in dispatch.conf that stops it; null: the run is not meant to be. */
  | { readonly isRun: false; readonly problem: ConfProblem | null; readonly why: string };

/**
 * What dispatch.conf says about a run of a script for all guests. No dispatcher starts it for each guest, but `enabled`
 * and `guests` still apply. An error in the script's section, or in what it inherits, stops the run.
 *
 * @param text of dispatch.conf; null: there is none
 * @param name the name of the script without its extension
 */
export function scopeOfAll(text: string | null, file: string, name: string): ScopeOfAll {
  const script = readDispatchConf(text ?? '', file).forScript(name);
  const [problem] = script.problems;
  if (problem !== undefined) return { isRun: false, problem, why: formatConfProblem(problem) };
  if (!script.enabled) return { isRun: false, problem: null, why: `${file} disables ${name}` };
  return { isRun: true, isMeant: (guest) => isMeantFor(script, guest) };
}
