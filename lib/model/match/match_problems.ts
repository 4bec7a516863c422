import { formatConfProblem, type ConfProblem } from '../conf/conf_problem';
import type { Problem } from '../problem';
import { shellName } from '../../text/shell_quote';
import { describeRule, placeOfRule } from './describe_rule';
import type { RuleMatch } from './match_rules';

/** A conf problem as a problem of a run. */
export function toProblem(problem: ConfProblem): Problem {
  const { level, code, hint, place, section, key, subject } = problem;
  return {
    level,
    code,
    message: formatConfProblem({ ...problem, hint: '' }),
    hint,
    place,
    ...(section === undefined ? {} : { section }),
    ...(key === undefined ? {} : { key }),
    ...(subject === undefined ? {} : { subject }),
  };
}

/** What is wrong with an interface that a rule matches, and that cannot have what it wishes. */
const UNFIT = {
  port: {
    code: 'interface-without-port',
    what: 'is not a port of a bridge',
    hint: "Change it to <interface type='bridge'>, or remove the section.",
  },
  route: {
    code: 'interface-not-routable',
    what: 'cannot be routed',
    hint: "Change it to <interface type='ethernet'>, or remove the section.",
  },
} as const;

/** The problems between a guest's interfaces and the rules for ports; errors first. */
export function matchProblems(match: RuleMatch<unknown>): Problem[] {
  return problemsOf(match, 'port');
}

/** The same for the rules of guest_routes.conf. */
export function routeMatchProblems(match: RuleMatch<unknown>): Problem[] {
  return problemsOf(match, 'route');
}

function problemsOf(match: RuleMatch<unknown>, kind: keyof typeof UNFIT): Problem[] {
  const { guest } = match;
  return [
    ...match.blocking.map(toProblem),
    ...match.unfit.map(({ iface, rule }): Problem => ({
      level: 'error',
      code: UNFIT[kind].code,
      message: `${describeRule(rule)} matches interface ${iface.place} of guest ${guest}, which has type ${iface.type} and ${UNFIT[kind].what}.`,
      hint: UNFIT[kind].hint,
      ...placeOfRule(rule),
      subject: { guest, nth: iface.place },
    })),
    ...match.shadowed.map(({ rule, by }): Problem => ({
      level: 'warning',
      code: 'section-shadowed',
      message: `${describeRule(rule)} can never match: the earlier ${describeRule(by)} matches every interface that it could match.`,
      hint: 'Move it up, or remove it.',
      ...placeOfRule(rule),
    })),
    ...match.unused.map((rule): Problem => ({
      level: 'warning',
      code: 'section-unused',
      message: `${describeRule(rule)} names guest ${guest} but matches none of its interfaces.`,
      hint: `Compare the section with \`virsh domiflist ${shellName(guest)}\`.`,
      ...placeOfRule(rule),
      subject: { guest },
    })),
    ...match.late
      .filter(({ rule }) => !match.shadowed.some((other) => other.rule === rule))
      .map(({ rule, by }): Problem => ({
        level: 'warning',
        code: 'section-late',
        message: `${describeRule(rule)} has no effect for guest ${guest}: the earlier ${describeRule(by)} already matches the interface.`,
        hint: 'Move it up, or remove it.',
        ...placeOfRule(rule),
        subject: { guest },
      })),
    ...match.others.map((problem): Problem => ({
      ...toProblem(problem),
      level: 'warning',
      hint: `${problem.hint} Guest ${guest} is not affected.`,
    })),
  ];
}
