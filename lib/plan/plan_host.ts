import type { BridgeRule } from '../model/conf/bridge_init_conf';
import { wantedPorts, type Match, type WantedPort } from '../model/match/match_ports';
import type { Problem } from '../model/problem';
import { NO_VLANS, type PortVlans, samePortVlans } from '../model/vlan/port_vlans';
import type { Bridge, BridgePort, Host } from '../model/host/host';
import { planBridge } from './plan_bridge';
import { planPorts, toCommand } from './plan_ports';
import { setFlags } from './set_flags';
import type { PortFlags } from '../model/vlan/port_flags';
import { bridgeTarget, type BridgeTarget } from './bridge_target';
import type { Claims } from './claims';
import { cutOff } from './cut_off';
import { distinctProblems } from './distinct_problems';
import { bridgeHeld, portDisconnectsHost, portHeld, trunkKeepsVlans } from './guard_problems';
import type { GuestInterface, LostTap } from './lost_taps';
import { afterJoins, joinSteps, planJoins, upStep } from './plan_joins';
import { portPlace } from './port_place';
import { misplacedProblem, portClaimedTwice } from './port_problems';
import type { Command, Step, Unit } from './step';
import type { UnjudgedTap } from './unjudged_taps';
import { uplinksOf } from './uplinks';

/** What conf and guests ask of the host, and which part of it to plan. */
export interface Desired {
  /** All sections of bridge_init.conf: they name the trunks, and which of these follow the guests. */
  readonly rules: readonly BridgeRule[];
  /** bridge_init.conf has an error, so a section or key may be missing. */
  readonly isUnsure: boolean;
  /** Whether to set the bridges and trunks of the sections, as bridge_init does. */
  readonly setsBridges: boolean;
  /** The guests whose ports to set, and whether trunks then follow, as vlan_filtering does. */
  readonly matches: readonly Match[];
  readonly setsTrunks: boolean;
  readonly claims: Claims;
  /** Names of bridges and ports that must not be changed, because a change of them was rolled back. */
  readonly held: ReadonlySet<string>;
  /** The interfaces of running guests: taps that have lost their bridges are put back. */
  readonly interfaces: readonly GuestInterface[];
  /** Taps that get no VLAN, because their guests cannot be read. */
  readonly unjudged: readonly UnjudgedTap[];
  /** Also plan changes that would disconnect the host. */
  readonly force: boolean;
}

export interface PlannedBridge {
  readonly target: BridgeTarget;
  /** Not changed: the host would be disconnected, or an earlier change was rolled back. */
  readonly isRefused: boolean;
  readonly problems: readonly Problem[];
  /** How its steps would disconnect or move the host; empty if its section allows that. */
  readonly risks: readonly Problem[];
}

export interface PlannedPort {
  readonly wanted: WantedPort;
  /** null: it is not a port of a bridge. */
  readonly found: BridgePort | null;
  readonly problem: Problem | null;
}

/** A trunk that carries what is needed. */
export interface PlannedTrunk {
  readonly name: string;
  readonly rule: BridgeRule;
}

/** The steps for the host, in order, and what the kernel would report afterwards. */
export interface Plan {
  /** Taps that are put back into their bridges. */
  readonly joins: readonly LostTap[];
  readonly bridges: readonly PlannedBridge[];
  readonly ports: readonly PlannedPort[];
  readonly trunks: readonly PlannedTrunk[];
  readonly steps: readonly Step[];
  readonly after: Host;
  /** How all of it would disconnect or move the host; errors first. Bridges whose section allows it are left out. */
  readonly risks: readonly Problem[];
  /** Why an automatic trunk keeps more than it needs, or loses what a tunnel carries. */
  readonly notes: readonly Problem[];
}

/**
 * The only planner. Hooks, plugins and every command of kvmvlan call it, each for its part of the host. Nothing is
 * changed that it does not plan. There are no steps if everything is already as wanted.
 */
export function planHost(desired: Desired, host: Host): Plan {
  const { rules, claims, force, held } = desired;
  const targets = rules.map((rule) => bridgeTarget(rule, host, claims));
  const trunkNames = new Set(targets.flatMap((target) => target.trunks));
  const risksFrom = (before: Host, after: Host, bridges: readonly string[]): Problem[] =>
    cutOff(
      host.addresses.filter(({ bridge }) => bridges.includes(bridge)),
      before,
      after,
      (bridge) => uplinksOf(bridge, host, targets, claims),
    );

  const steps: Step[] = [];
  let after = host;
  const bridges = !desired.setsBridges
    ? []
    : targets.map((target): PlannedBridge => {
        const planned = planTarget(target);
        const next = afterTarget(after, target);
        const risks =
          planned.length === 0 || target.rule.allowCutOff ? [] : risksFrom(after, next, [target.rule.bridge]);
        const isHeld = [target.rule.bridge, ...target.trunks].some((name) => held.has(name));
        const isRefused = isHeld || (!force && risks.some(({ level }) => level === 'error'));
        if (!isRefused) {
          steps.push(...planned);
          after = next;
        }
        const stays = isHeld && planned.length > 0 ? [bridgeHeld(target.rule.bridge)] : [];
        const notes = isRefused ? [] : target.notes;
        return { target, isRefused, problems: [...target.problems, ...stays, ...notes], risks };
      });

  const allWanted = wantedPorts(desired.matches);
  const twice = repeated(allWanted.map(({ dev }) => dev));
  const placeOf = (wanted: WantedPort, at: Host): { canBeSet: boolean; problem: Problem | null } => {
    const misplaced = portPlace(wanted, at, claims, trunkNames);
    if (misplaced !== null)
      return {
        canBeSet: misplaced.code === 'not-filtering',
        problem: misplacedProblem(misplaced, wanted),
      };
    return twice.has(wanted.dev)
      ? { canBeSet: false, problem: portClaimedTwice(wanted) }
      : { canBeSet: true, problem: null };
  };
  const joins = planJoins(desired, allWanted, after, (wanted, at) => placeOf(wanted, at).problem !== null);
  steps.push(...joins.flatMap(joinSteps));
  after = afterJoins(after, joins);

  const ports = allWanted.map((wanted): PlannedPort & { canBeSet: boolean } => {
    const found = host.ports.get(wanted.dev) ?? after.ports.get(wanted.dev) ?? null;
    return held.has(wanted.dev)
      ? { wanted, found, problem: heldPort(wanted, found), canBeSet: false }
      : { wanted, found, ...placeOf(wanted, after) };
  });
  const wished = ports
    .filter(({ canBeSet }) => canBeSet)
    .flatMap(({ wanted: { dev, wish } }): Goal[] => {
      const found = after.ports.get(dev);
      return found === undefined ? [] : [{ unit: { kind: 'port', name: dev }, found, ...wish }];
    });
  wished.push(
    ...desired.unjudged.flatMap(({ name }): Goal[] => {
      const found = after.ports.get(name);
      return found === undefined || held.has(name)
        ? []
        : [{ unit: { kind: 'port', name }, found, vlans: NO_VLANS, flags: {} }];
    }),
  );
  const guarded = [...host.bridges.keys()].filter(
    (name) => !rules.some(({ bridge, allowCutOff }) => bridge === name && allowCutOff),
  );
  const { goals, refused } = force
    ? { goals: wished, refused: new Map<string, Problem>() }
    : guardGoals(wished, after, (next) => risksFrom(after, next, guarded));
  const withPorts = afterGoals(after, goals);
  const trunks = desired.setsTrunks
    ? planTrunks(desired, after, withPorts, risksFrom)
    : { goals: [], trunks: [], notes: [] };
  steps.push(...planGoals([...goals, ...trunks.goals]));
  steps.push(...joins.map(upStep));
  after = afterGoals(withPorts, trunks.goals);
  return {
    joins,
    bridges,
    ports: ports.map(({ wanted, found, problem }) => {
      const risk = refused.get(wanted.dev);
      return { wanted, found, problem: risk === undefined ? problem : portDisconnectsHost(wanted, risk) };
    }),
    trunks: trunks.trunks,
    steps,
    after,
    risks: distinctProblems([
      ...bridges.flatMap(({ isRefused, risks }) => (isRefused ? [] : risks)),
      ...risksFrom(host, after, guarded),
    ]).sort((a, b) => a.level.localeCompare(b.level)),
    notes: trunks.notes,
  };
}

function repeated(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(names.filter((name) => seen.size === seen.add(name).size));
}

function heldPort(wanted: WantedPort, found: BridgePort | null): Problem | null {
  return found !== null && samePortVlans(found.vlans, wanted.wish.vlans) ? null : portHeld(wanted);
}

function planTarget({ bridge, ports, wish, rule }: BridgeTarget): Step[] {
  if (bridge === null) return [];
  const unit: Unit = { kind: 'bridge', name: rule.bridge };
  return planBridge(bridge, ports, wish)
    .flat()
    .map((command): Step => ({ unit, ...command }));
}

function afterTarget(host: Host, { bridge, wish }: BridgeTarget): Host {
  if (bridge === null) return host;
  const next: Bridge = {
    ...bridge,
    filtering: wish.filtering ?? bridge.filtering,
    protocol: wish.protocol ?? bridge.protocol,
    defaultPvid: wish.defaultPvid === undefined ? bridge.defaultPvid : wish.defaultPvid,
    vlans: wish.own ?? bridge.vlans,
  };
  return {
    ...host,
    bridges: new Map(host.bridges).set(bridge.name, next),
    ports: withVlans(host.ports, wish.ports),
  };
}

function withVlans(
  ports: ReadonlyMap<string, BridgePort>,
  wished: ReadonlyMap<string, PortVlans>,
): ReadonlyMap<string, BridgePort> {
  const next = new Map(ports);
  for (const [name, vlans] of wished) {
    const port = ports.get(name);
    if (port !== undefined) next.set(name, { ...port, vlans });
  }
  return next;
}

/** What a port should have. */
interface Goal {
  readonly unit: Unit;
  readonly found: BridgePort;
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
}

/** The goals without those that would disconnect the host, and why each of these is refused. */
function guardGoals(
  wished: readonly Goal[],
  host: Host,
  risksOf: (after: Host) => Problem[],
): { goals: readonly Goal[]; refused: ReadonlyMap<string, Problem> } {
  const refused = new Map<string, Problem>();
  const errorOf = (goals: readonly Goal[]): Problem | undefined =>
    risksOf(afterGoals(host, goals)).find(({ level }) => level === 'error');
  // The usual case: hundreds of ports are judged together.
  if (errorOf(wished) === undefined) return { goals: wished, refused };
  const goals: Goal[] = [];
  for (const goal of wished) {
    const error = errorOf([...goals, goal]);
    if (error === undefined) goals.push(goal);
    else refused.set(goal.found.name, error);
  }
  return { goals, refused };
}

/** Flags first, so that an isolated port is isolated from the start; then VLANs of all ports, stage by stage. */
function planGoals(goals: readonly Goal[]): Step[] {
  const units = new Map(goals.map(({ unit }) => [unit.name, unit]));
  const toStep = (command: Command): Step => ({
    unit: units.get(command.dev) ?? { kind: 'port', name: command.dev },
    ...command,
  });
  const flags = goals.flatMap(({ found, flags: want }) => setFlags(found, want));
  const changes = goals.map(({ found, vlans }) => ({
    dev: found.name,
    self: false,
    have: found.vlans,
    want: vlans,
  }));
  return [...flags, ...planPorts(changes).map(toCommand)].map(toStep);
}

function afterGoals(host: Host, goals: readonly Goal[]): Host {
  const ports = new Map(host.ports);
  for (const { found, vlans, flags } of goals)
    ports.set(found.name, { ...found, vlans, flags: { ...found.flags, ...flags } });
  return { ...host, ports };
}

/**
 * Adds VLANs to trunks and removes others, so that trunks carry what the host's ports need. A guest that starts or
 * stops must not disconnect or move the host: if it would, or while conf has an error, VLANs are only added.
 */
function planTrunks(
  { rules, isUnsure, claims, force, held }: Desired,
  before: Host,
  withPorts: Host,
  risksFrom: (before: Host, after: Host, bridges: readonly string[]) => Problem[],
): { goals: Goal[]; trunks: PlannedTrunk[]; notes: Problem[] } {
  const notes: Problem[] = [];
  const trunks: PlannedTrunk[] = [];
  const goals = rules
    .filter(({ autoTrunk }) => autoTrunk !== undefined)
    .flatMap((rule): Goal[] => {
      // The current VLANs of the bridge itself, not those of conf: only bridge_init changes them.
      const { own: _own, ...asIs } = rule;
      const target = bridgeTarget(asIs, withPorts, claims);
      const exact = [...target.wish.ports].flatMap(([name, vlans]): Goal[] => {
        const found = before.ports.get(name);
        return found === undefined ? [] : [{ unit: { kind: 'trunk', name }, found, vlans, flags: {} }];
      });
      trunks.push(...exact.map(({ found }) => ({ name: found.name, rule })));
      const grown = exact.map((goal) => ({ ...goal, vlans: grow(goal.found.vlans, goal.vlans) }));
      if (isUnsure || exact.some(({ found }) => held.has(found.name))) return grown;
      const [risk] =
        force || rule.allowCutOff ? [] : risksFrom(before, afterGoals(withPorts, exact), [rule.bridge]);
      if (risk === undefined) {
        notes.push(...target.notes);
        return exact;
      }
      const names = exact.map(({ found }) => found.name);
      notes.push(trunkKeepsVlans(rule.bridge, names, risk));
      return grown;
    });
  return {
    goals: goals.filter(({ found, vlans }) => !samePortVlans(found.vlans, vlans)),
    trunks,
    notes,
  };
}

/** The current VLANs, and the wanted tagged ones: untagged frames stay in their VLAN. */
function grow(have: PortVlans, want: PortVlans): PortVlans {
  const tagged = [...want.vlans].filter(([vid, egress]) => egress === 'tagged' && vid !== want.pvid);
  return { pvid: have.pvid, vlans: new Map([...tagged, ...have.vlans]) };
}

/** The settings of a bridge, as kernel attributes. */
export function describeSettings(bridge: Bridge): string[] {
  return [
    `vlan_filtering ${bridge.filtering ? 1 : 0}`,
    `vlan_protocol ${bridge.protocol}`,
    `vlan_default_pvid ${bridge.defaultPvid ?? 0}`,
  ];
}
