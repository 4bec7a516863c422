import type { ConfProblem } from './conf_problem';

/** The problems of one file, each once, in the order of its lines. */
export function inFileOrder(problems: readonly ConfProblem[]): ConfProblem[] {
  return [...new Set(problems)].sort((a, b) => a.place.line - b.place.line);
}
