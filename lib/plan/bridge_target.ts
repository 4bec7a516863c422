import type { BridgeRule } from '../model/conf/bridge_init_conf';
import { bridgeSource, describeRule, placeOfRule } from '../model/match/describe_rule';
import type { Problem, Subject } from '../model/problem';
import type { ProblemCode } from '../model/problem_code';
import { describePortVlans, type PortVlans, samePortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';
import { isGlob, matchesGlob } from '../text/glob';
import type { Claims } from './claims';
import type { Bridge, BridgePort, Host } from '../model/host/host';
import type { BridgeWish } from './plan_bridge';
import { shellQuote } from '../text/shell_quote';
import { mayBeGuests } from './may_be_guests';
import { trunkWishes } from './trunk_wishes';
import { mayBeUplink } from './may_be_uplink';

/** A section of bridge_init.conf, compared with the host. */
export interface BridgeTarget {
  readonly rule: BridgeRule;
  /** null: the host has no such bridge. */
  readonly bridge: Bridge | null;
  /** All ports of the bridge. */
  readonly ports: readonly BridgePort[];
  /** The names of its trunks. */
  readonly trunks: readonly string[];
  readonly wish: BridgeWish;
  readonly problems: readonly Problem[];
  /** What its trunks lose if the wish comes true. */
  readonly notes: readonly Problem[];
}

/**
 * What a section means on this host: which bridge, and which of its ports are the trunks. A tap, and a port that a
 * running guest claims, is never a trunk, whatever the section says: a guest can give its tap any name. A pattern does
 * not match a veth, a dummy or the like, or a port that sends VLANs through a tunnel: another program manages that one.
 */
export function bridgeTarget(rule: BridgeRule, host: Host, claims: Claims): BridgeTarget {
  const where = describeRule(bridgeSource(rule));
  const at = placeOfRule(bridgeSource(rule));
  const problems: Problem[] = [];
  const warn = (code: ProblemCode, subject: Subject, message: string, hint: string): void =>
    void problems.push({ level: 'warning', code, message, hint, ...at, subject });
  const bridge = host.bridges.get(rule.bridge) ?? null;
  if (bridge === null) {
    warn(
      'bridge-missing',
      { bridge: rule.bridge },
      `there is no bridge ${rule.bridge} (${where}).`,
      `Create it with \`ip link add ${shellQuote(rule.bridge)} type bridge\` or in the network configuration, then run \`bridge_init\`.`,
    );
    return { rule, bridge, ports: [], trunks: [], wish: { ports: new Map() }, problems, notes: [] };
  }
  const ports = [...host.ports.values()].filter((port) => port.bridge === rule.bridge);
  for (const port of ports) {
    const why = rule.trunkPorts.includes(port.name) ? whyNoTrunk(port, claims) : null;
    if (why === null) continue;
    problems.push({
      level: 'error',
      code: 'trunk-of-guest',
      message: `trunk port ${port.name} ${why}, so it cannot be a trunk (${where}).`,
      hint: `Set trunk-port to the interface that leads out of the host, or rename the interface of the guest.`,
      ...at,
      subject: { port: port.name, bridge: rule.bridge },
    });
  }
  // A veth can be a trunk by its exact name: it may lead to another switch. So can a tunnel.
  const isTrunk = (port: BridgePort): boolean =>
    whyNoTrunk(port, claims) === null &&
    rule.trunkPorts.some(
      (pattern) =>
        pattern === port.name ||
        (mayBeUplink(port) && port.tunnels === null && matchesGlob(pattern, port.name)),
    );
  const wanted = trunkWishes(rule, bridge, ports, isTrunk);
  problems.push(...wanted.problems);
  for (const name of rule.trunkPorts) {
    if (ports.some((port) => port.name === name || (isTrunk(port) && matchesGlob(name, port.name)))) continue;
    const elsewhere = host.ports.get(name);
    warn(
      elsewhere === undefined ? 'trunk-missing' : 'trunk-in-other-bridge',
      { port: name, bridge: rule.bridge },
      `trunk port ${name} is ${elsewhere === undefined ? `not a port of bridge ${rule.bridge}` : `in bridge ${elsewhere.bridge}`} (${where}).`,
      isGlob(name)
        ? `No port of ${rule.bridge} that can be an uplink matches this pattern.`
        : `Run \`ip link set ${shellQuote(name)} master ${shellQuote(rule.bridge)}\`, then \`bridge_init\`.`,
    );
  }
  let defaultPvid = rule.defaultPvid;
  if (defaultPvid !== undefined && defaultPvid !== bridge.defaultPvid && bridge.filtering) {
    // br_vlan_set_default_pvid: EPERM while the bridge filters.
    problems.push({
      level: 'error',
      code: 'default-pvid-fixed',
      message: `bridge ${bridge.name} already filters VLANs, so the kernel does not change its default-pvid (now ${bridge.defaultPvid ?? 'none'}, wanted ${defaultPvid ?? 'none'}; ${where}).`,
      hint: `It is set at the next boot. To set it now, with a moment in which ${bridge.name} does not filter, run \`ip link set ${shellQuote(bridge.name)} type bridge vlan_filtering 0 && bridge_init\`.`,
      ...at,
      subject: { bridge: bridge.name },
    });
    defaultPvid = undefined;
  }
  const wish: BridgeWish = {
    filtering: rule.filtering,
    ports: wanted.vlans,
    ...(rule.own === undefined ? {} : { own: rule.own }),
    ...(rule.protocol === undefined ? {} : { protocol: rule.protocol }),
    ...(defaultPvid === undefined ? {} : { defaultPvid }),
  };
  const trunkNames = ports.filter(isTrunk).map(({ name }) => name);
  return {
    rule,
    bridge,
    ports,
    trunks: trunkNames,
    wish,
    problems,
    notes: wanted.notes,
  };
}

/** Why a port cannot be a trunk; null: it can. */
function whyNoTrunk(port: BridgePort, claims: Claims): string | null {
  const { name, kind } = port;
  // A guest cannot take a trunk from the host by claiming an interface that cannot be a guest's.
  const guest = mayBeGuests(port) ? claims.get(name)?.[0] : undefined;
  if (guest !== undefined) return `belongs to the running guest ${guest}`;
  return kind === 'tun' ? 'is a tap' : null;
}

/** The current state of the bridge, and where it still differs from the wish. */
export function compareBridge(
  { bridge: before, wish, rule }: BridgeTarget,
  host: Host,
): { now: string[]; differs: Problem[] } {
  const bridge = host.bridges.get(rule.bridge);
  if (before === null || bridge === undefined) return { now: [], differs: [] };
  const wrong: [what: string, subject: Subject][] = compareSettings(wish, bridge).map((drift) => [
    describeSetting(drift),
    { setting: drift.setting },
  ]);
  const compare = (name: string, is: PortVlans | undefined, wanted: PortVlans): void => {
    if (is === undefined) wrong.push([`${name} is no longer a port of it`, { port: name }]);
    else if (!samePortVlans(is, wanted))
      wrong.push([`${name} has ${describePortVlans(is)}, not ${describePortVlans(wanted)}`, { port: name }]);
  };
  if (wish.own !== undefined) compare(bridge.name, bridge.vlans, wish.own);
  for (const [name, wanted] of wish.ports) compare(name, host.ports.get(name)?.vlans, wanted);
  return {
    now: describeBridge('now', bridge, host, wish.ports.keys()),
    differs: wrong.map(([what, subject]) => ({
      level: 'error',
      code: 'bridge-differs',
      message: `bridge ${bridge.name}: after all commands, ${what}.`,
      hint: 'Another program changes the bridge at the same time. Run `bridge_init` again.',
      subject: { bridge: bridge.name, ...subject },
    })),
  };
}

/** A setting of a bridge that differs from the wish. */
export interface SettingDrift {
  readonly setting: 'vlan_filtering' | 'vlan_protocol' | 'default-pvid';
  readonly is: string | number | boolean;
  readonly wanted: string | number | boolean;
}

export function describeSetting({ setting, is, wanted }: SettingDrift): string {
  return `${setting} is ${is}, not ${wanted}`;
}

/** Where the settings of a bridge differ from the wish. */
export function compareSettings(
  wish: Pick<BridgeWish, 'filtering' | 'protocol' | 'defaultPvid'>,
  bridge: Bridge,
): SettingDrift[] {
  const wrong: SettingDrift[] = [];
  const expect = <T extends string | number | boolean>(
    setting: SettingDrift['setting'],
    is: T,
    wanted: T | undefined,
  ): void => {
    if (wanted !== undefined && is !== wanted) wrong.push({ setting, is, wanted });
  };
  expect('vlan_filtering', bridge.filtering, wish.filtering);
  expect('vlan_protocol', bridge.protocol, wish.protocol);
  const wantedPvid = wish.defaultPvid === null ? 'none' : wish.defaultPvid;
  expect<Vid | 'none'>('default-pvid', bridge.defaultPvid ?? 'none', wantedPvid);
  return wrong;
}

/** Lines for the log: the settings of a bridge and the VLANs of its trunks. @param when `found` or `now` */
export function describeBridge(when: string, bridge: Bridge, host: Host, trunks: Iterable<string>): string[] {
  const settings = [
    `filtering ${bridge.filtering ? 'on' : 'off'}`,
    bridge.protocol,
    `default PVID ${bridge.defaultPvid ?? 'none'}`,
  ];
  return [
    `${bridge.name}: ${when} ${settings.join(', ')}; the bridge itself ${describePortVlans(bridge.vlans)}`,
    ...[...trunks].flatMap((name) => {
      const port = host.ports.get(name);
      return port === undefined
        ? []
        : [`${bridge.name}: ${when} trunk ${name} ${describePortVlans(port.vlans)}`];
    }),
  ];
}
