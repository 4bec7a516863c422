import type { BridgeRule } from '../model/conf/bridge_init_conf';
import type { Problem } from '../model/problem';
import { describePortVlans, type PortVlans, samePortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';
import { matchesGlob } from '../text/glob';
import {
  bridgeDiffers,
  bridgeMissing,
  defaultPvidFixed,
  trunkMissing,
  trunkOfGuest,
  type SettingDrift,
  type VlanDrift,
} from './bridge_problems';
import type { Claims } from './claims';
import type { Bridge, BridgePort, Host } from '../model/host/host';
import type { BridgeWish } from './plan_bridge';
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
  const bridge = host.bridges.get(rule.bridge) ?? null;
  if (bridge === null) {
    const problems = [bridgeMissing(rule)];
    return { rule, bridge, ports: [], trunks: [], wish: { ports: new Map() }, problems, notes: [] };
  }
  const ports = [...host.ports.values()].filter((port) => port.bridge === rule.bridge);
  const problems = ports
    .filter((port) => rule.trunkPorts.includes(port.name) && isOfGuest(port, claims))
    .map((port) => trunkOfGuest(rule, port.name, claimant(port, claims)));
  // A veth can be a trunk by its exact name: it may lead to another switch. So can a tunnel.
  const isTrunk = (port: BridgePort): boolean =>
    !isOfGuest(port, claims) &&
    rule.trunkPorts.some(
      (pattern) =>
        pattern === port.name ||
        (mayBeUplink(port) && port.tunnels === null && matchesGlob(pattern, port.name)),
    );
  const wanted = trunkWishes(rule, bridge, ports, isTrunk);
  problems.push(...wanted.problems);
  for (const name of rule.trunkPorts) {
    if (ports.some((port) => port.name === name || (isTrunk(port) && matchesGlob(name, port.name)))) continue;
    problems.push(trunkMissing(rule, name, host.ports.get(name)?.bridge ?? null));
  }
  let defaultPvid = rule.defaultPvid;
  if (defaultPvid !== undefined && defaultPvid !== bridge.defaultPvid && bridge.filtering) {
    // br_vlan_set_default_pvid: EPERM while the bridge filters.
    problems.push(defaultPvidFixed(rule, bridge));
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

/** Whether a port is a guest's: then it cannot be a trunk. */
function isOfGuest(port: BridgePort, claims: Claims): boolean {
  return port.kind === 'tun' || claimant(port, claims) !== null;
}

/** The running guest that has a port; null: none. A guest cannot take a trunk by claiming what cannot be a guest's. */
function claimant(port: BridgePort, claims: Claims): string | null {
  return mayBeGuests(port) ? (claims.get(port.name)?.[0] ?? null) : null;
}

/** The current state of the bridge, and where it still differs from the wish. */
export function compareBridge(
  { bridge: before, wish, rule }: BridgeTarget,
  host: Host,
): { now: string[]; differs: Problem[] } {
  const bridge = host.bridges.get(rule.bridge);
  if (before === null || bridge === undefined) return { now: [], differs: [] };
  const wrong: (SettingDrift | VlanDrift)[] = compareSettings(wish, bridge);
  const compare = (port: string, is: PortVlans | null, wanted: PortVlans): void => {
    if (is === null || !samePortVlans(is, wanted)) wrong.push({ port, is, wanted });
  };
  if (wish.own !== undefined) compare(bridge.name, bridge.vlans, wish.own);
  for (const [name, wanted] of wish.ports) compare(name, host.ports.get(name)?.vlans ?? null, wanted);
  return {
    now: describeBridge('now', bridge, host, wish.ports.keys()),
    differs: wrong.map((drift) => bridgeDiffers(bridge.name, drift)),
  };
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
