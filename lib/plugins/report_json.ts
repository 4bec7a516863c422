import type { Problem } from '../model/problem';
import { problemJson } from '../model/problem_json';

/** The parts of a plugin's report that have problems. */
interface Report {
  readonly problems?: readonly Problem[];
  readonly ports?: readonly { readonly problem: Problem | null }[];
  readonly bridges?: readonly { readonly problems: readonly Problem[] }[];
  readonly interfaces?: readonly { readonly problems: readonly Problem[] }[];
}

/** The report of a plugin as `--json` prints it: its problems have all of their keys. */
export function reportJson(report: Report): object {
  const { problems, ports, bridges, interfaces } = report;
  const withProblems = <T extends { readonly problems: readonly Problem[] }>(one: T): object => ({
    ...one,
    problems: one.problems.map(problemJson),
  });
  return {
    ...report,
    ...(ports && {
      ports: ports.map((port) => ({ ...port, problem: port.problem && problemJson(port.problem) })),
    }),
    ...(bridges && { bridges: bridges.map(withProblems) }),
    ...(interfaces && { interfaces: interfaces.map(withProblems) }),
    ...(problems && { problems: problems.map(problemJson) }),
  };
}
