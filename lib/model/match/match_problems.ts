import { formatConfProblem, type ConfProblem } from '../conf/conf_problem';
import type { Problem } from '../problem';
import { shellName } from '../../text/shell_quote';
import { describeRule } from './describe_rule';
import type { Match } from './match_ports';

/** A conf problem as a problem of a run. */
export function toProblem(problem: ConfProblem): Problem {
  const { level, code, hint } = problem;
  return { level, code, message: formatConfProblem({ ...problem, hint: '' }), hint };
}

/** The problems between a guest's interfaces and the rules; errors first. */
export function matchProblems(match: Match): Problem[] {
  const { guest } = match;
  return [
    ...match.blocking.map(toProblem),
    ...match.unfit.map(({ iface, rule }): Problem => ({
      level: 'error',
      code: 'interface-without-port',
      message: `${describeRule(rule)} matches interface ${iface.place} of guest ${guest}, which has type ${iface.type} and is not a port of a bridge.`,
      hint: "Change it to <interface type='bridge'>, or remove the section.",
    })),
    ...match.shadowed.map(({ rule, by }): Problem => ({
      level: 'warning',
      code: 'section-shadowed',
      message: `${describeRule(rule)} can never match: the earlier ${describeRule(by)} matches every interface that it could match.`,
      hint: 'Move it up, or remove it.',
    })),
    ...match.unused.map((rule): Problem => ({
      level: 'warning',
      code: 'section-unused',
      message: `${describeRule(rule)} names guest ${guest} but matches none of its interfaces.`,
      hint: `Compare the section with \`virsh domiflist ${shellName(guest)}\`.`,
    })),
    ...match.late
      .filter(({ rule }) => !match.shadowed.some((other) => other.rule === rule))
      .map(({ rule, by }): Problem => ({
        level: 'warning',
        code: 'section-late',
        message: `${describeRule(rule)} has no effect for guest ${guest}: the earlier ${describeRule(by)} already matches the interface.`,
        hint: 'Move it up, or remove it.',
      })),
    ...match.others.map((problem): Problem => ({
      ...toProblem(problem),
      level: 'warning',
      hint: `${problem.hint} Guest ${guest} is not affected.`,
    })),
  ];
}
