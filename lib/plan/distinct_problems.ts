import type { Problem } from '../model/problem';

/** Each message once, as an error if it is one for any guest; in order of their first occurrence. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  const known = new Map<string, Problem>();
  for (const problem of problems) {
    const before = known.get(problem.message);
    if (before === undefined || (before.level === 'warning' && problem.level === 'error'))
      known.set(problem.message, problem);
  }
  return [...known.values()];
}
