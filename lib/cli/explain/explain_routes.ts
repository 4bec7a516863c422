import { formatIp, formatPrefix } from '../../model/address/ip_address';
import { formatConfProblem } from '../../model/conf/conf_problem';
import { guestsInTransit } from '../../apply/routes/run_files';
import { desiredRoutes, readRoutingFor } from '../../apply/state/read_routes';
import type { Domain, DomainInterface } from '../../model/guest/domain';
import type { HostIo } from '../../model/io';
import { describeKnown, KnownError } from '../../model/known_error';
import { describeRule } from '../../model/match/describe_rule';
import { isRoutable, matchRoutes, routeRulesFor } from '../../model/match/match_routes';
import { matchesInterface, type RuleMatch } from '../../model/match/match_rules';
import type { Problem } from '../../model/problem';
import type { RouteWish } from '../../model/routes/route_wish';
import type { GuestRoutesConf } from '../../model/routes/guest_routes_conf';
import { arrivalProblems, planRoutes } from '../../plan/routes/plan_routes';
import type { PlannedTap, RouteStep } from '../../plan/routes/route_step';
import { routedTaps } from '../../plan/routes/routed_taps';
import { describeStep } from '../../plugins/report_routes';
import { readRunningGuests, toRoutedGuest } from '../../system/libvirt/read_guests';

/** How one interface of a guest is routed, and why. */
export interface ExplainedRoute {
  /** None: the section or metadata is invalid. */
  readonly addresses: readonly string[];
  /** Networks behind the guest. */
  readonly networks: readonly string[];
  /** null: others route the addresses to this host. */
  readonly uplink: string | null;
  readonly table: number | null;
  readonly vrf: string | null;
  readonly wantedBy: string;
  /** Sections and metadata that also match, but come later. */
  readonly passedOver: readonly string[];
  /** What guest_routes would run now; null: the guest does not run, or the kernel's state could not be read. */
  readonly commands: readonly string[] | null;
  /** Why guest_routes refuses the interface: the guest does not start, and is not migrated to this host. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** What this host would do for interfaces, by their name. */
interface Judged {
  readonly planned: ReadonlyMap<string, Pick<PlannedTap, 'problems'>>;
  /** null: the guest does not run. */
  readonly steps: readonly RouteStep[] | null;
}

/**
 * Explains the routed interfaces of a guest, by their place, and what could not be read.
 *
 * @param found with the values that it will have when it runs
 */
export async function explainRoutes(
  conf: GuestRoutesConf,
  found: Domain,
  isRunning: boolean,
  io: HostIo,
): Promise<{ readonly routes: ReadonlyMap<number, ExplainedRoute>; readonly problem: string | null }> {
  // Without a name, the interface gets one when the guest starts.
  const interfaces = found.interfaces.map((iface) => ({
    ...iface,
    dev: iface.dev ?? `interface ${iface.place}`,
  }));
  const { rules } = routeRulesFor(conf, toRoutedGuest(found));
  const matching = found.interfaces.map((iface) =>
    rules.filter(({ conditions }) => matchesInterface(conditions, iface)),
  );
  if (matching.every((each) => each.length === 0)) return { routes: new Map(), problem: null };
  const match = matchRoutes(conf, toRoutedGuest({ ...found, interfaces }));
  const { judged, problem } = await judge(conf, match, interfaces, isRunning, io);
  // What conf or metadata have wrong about a guest keeps all of its interfaces as they are.
  const blocking = match.blocking.map(formatConfProblem);
  const routes = interfaces.flatMap((iface, place): [number, ExplainedRoute][] => {
    const [rule, ...later] = matching[place] ?? [];
    if (rule === undefined) return [];
    const { wish } = rule;
    const planned = judged?.planned.get(iface.dev);
    const problems = planned?.problems ?? [];
    const inWords = (wanted: Problem['level']): string[] =>
      problems.flatMap(({ level, message, hint }) => (level === wanted ? [`${message} ${hint}`] : []));
    const unfit = isRoutable(iface)
      ? []
      : [`its type is ${iface.type}, and only interfaces of type ethernet are routed`];
    const steps = planned === undefined ? null : (judged?.steps ?? null);
    return [
      [
        iface.place,
        {
          addresses: wish?.addresses.map(formatIp) ?? [],
          networks: wish?.routes.map(formatPrefix) ?? [],
          uplink: wish?.uplink ?? null,
          table: wish?.table ?? null,
          vrf: wish?.vrf ?? null,
          wantedBy: describeRule(rule),
          passedOver: later.map(describeRule),
          commands: steps?.filter(({ dev }) => dev === iface.dev).map(describeStep) ?? null,
          refusals: [...blocking, ...unfit, ...inWords('error')],
          warnings: inWords('warning'),
        },
      ],
    ];
  });
  return { routes: new Map(routes), problem };
}

async function judge(
  conf: GuestRoutesConf,
  match: RuleMatch<RouteWish>,
  interfaces: readonly DomainInterface[],
  isRunning: boolean,
  io: HostIo,
): Promise<{ judged: Judged | null; problem: string | null }> {
  try {
    const { desired } = desiredRoutes(conf, readRunningGuests(io), new Set(guestsInTransit(io)));
    const own = isRunning ? [] : routedTaps(match, interfaces, 'here').taps;
    const routing = await readRoutingFor([...desired.taps, ...own], io);
    const { taps, steps } = planRoutes(desired, routing);
    const planned = isRunning
      ? taps.filter(({ tap }) => tap.guest === match.guest)
      : own.map((tap) => ({ tap, problems: arrivalProblems(tap, routing, desired) }));
    return {
      judged: {
        planned: new Map(planned.map((one) => [one.tap.dev, one])),
        steps: isRunning ? steps : null,
      },
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { judged: null, problem: describeKnown(error) };
  }
}
