import type { Problem } from '../model/problem';
import { whichProblem } from '../model/which_problem';
import { distinct } from '../text/distinct';

/** Each problem once, as an error if it is one for any guest; in order of their first occurrence. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  return distinct(
    problems,
    whichProblem,
    (problem, before) => before.level === 'warning' && problem.level === 'error',
  );
}
