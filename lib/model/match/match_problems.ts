import { formatConfProblem, type ConfProblem } from '../conf/conf_problem';
import type { Problem } from '../problem';
import type { RuleMatch } from './match_rules';
import {
  interfaceUnfit,
  ofOthers,
  sectionLate,
  sectionShadowed,
  sectionUnused,
  type WishedFor,
} from './problems';

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

/** The problems between a guest's interfaces and the rules for ports; errors first. */
export function matchProblems(match: RuleMatch<unknown>): Problem[] {
  return problemsOf(match, 'port');
}

/** The same for the rules of guest_routes.conf. */
export function routeMatchProblems(match: RuleMatch<unknown>): Problem[] {
  return problemsOf(match, 'route');
}

function problemsOf(match: RuleMatch<unknown>, wished: WishedFor): Problem[] {
  const { guest, shadowed } = match;
  const late = match.late.filter(({ rule }) => !shadowed.some((other) => other.rule === rule));
  return [
    ...match.blocking.map(toProblem),
    ...match.unfit.map(({ iface, rule }) => interfaceUnfit(rule, guest, iface, wished)),
    ...shadowed.map(({ rule, by }) => sectionShadowed(rule, by)),
    ...match.unused.map((rule) => sectionUnused(rule, guest)),
    ...late.map(({ rule, by }) => sectionLate(rule, guest, by)),
    ...match.others.map((problem) => ofOthers(toProblem(problem), guest)),
  ];
}
