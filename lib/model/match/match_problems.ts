import { formatConfProblem, type ConfProblem } from '../conf/conf_problem';
import type { Problem } from '../problem';
import { describeRule } from './describe_rule';
import type { Match } from './match_ports';

/** A conf problem as one of a run. */
export function toProblem(problem: ConfProblem): Problem {
  const { level, code, hint } = problem;
  return { level, code, message: formatConfProblem({ ...problem, hint: '' }), hint };
}

/** What is to be said of how a guest's interfaces and the rules fit together; errors first. */
export function matchProblems(match: Match): Problem[] {
  const { guest } = match;
  return [
    ...match.blocking.map(toProblem),
    ...match.withoutTap.map(({ iface, rule }): Problem => ({
      level: 'error',
      code: 'interface-without-port',
      message: `${describeRule(rule)} means interface ${iface.place} of guest ${guest}, which is of type ${iface.type} and no port of a bridge.`,
      hint: "Make it <interface type='bridge'>, or take the section out.",
    })),
    ...match.shadowed.map(({ rule, by }): Problem => ({
      level: 'warning',
      code: 'section-shadowed',
      message: `${describeRule(rule)} can never match: ${describeRule(by)} before it matches all that it would.`,
      hint: 'Move it up, or remove it.',
    })),
    ...match.unused.map((rule): Problem => ({
      level: 'warning',
      code: 'section-unused',
      message: `${describeRule(rule)} is for guest ${guest}, but none of its interfaces is meant.`,
      hint: 'Compare with `virsh domiflist`.',
    })),
    ...match.late
      .filter(({ rule }) => !match.shadowed.some((other) => other.rule === rule))
      .map(({ rule, by }): Problem => ({
        level: 'warning',
        code: 'section-late',
        message: `${describeRule(rule)} comes too late for guest ${guest}: ${describeRule(by)} before it has the interface.`,
        hint: 'Move it up, or remove it.',
      })),
    ...match.others.map((problem): Problem => ({
      ...toProblem(problem),
      level: 'warning',
      hint: `${problem.hint} It does not stop guest ${guest}.`,
    })),
  ];
}
