import { planFlags, type PortFlags } from '../vlan/port_flags';
import type { Match, WantedPort } from '../match/match_ports';
import { describeRule } from '../match/describe_rule';
import type { PortVlans } from '../types';
import type { Bridge, BridgePort, Host } from '../vlan/host';
import { planBridge } from '../vlan/plan_bridge';
import { planPorts, vlanCommandArgs } from '../vlan/plan_ports';
import { wishForBridge, type BridgeTarget } from './bridge_target';

/** A command as words: `['bridge', 'vlan', 'add', …]`. */
export type CommandLine = readonly string[];

/** What would be done to the host, and what the kernel would say afterwards. */
export interface HostPlan {
  readonly commands: readonly CommandLine[];
  readonly after: Host;
  /** Which section or metadata changes a port or bridge, by its name. */
  readonly by: ReadonlyMap<string, string>;
}

/** What `bridge_init` would do. */
export function planBridges(host: Host, targets: readonly BridgeTarget[]): HostPlan {
  const commands: CommandLine[] = [];
  const bridges = new Map(host.bridges);
  const ports = new Map(host.ports);
  const by = new Map<string, string>();
  for (const { bridge, ports: own, wish, rule } of targets) {
    if (bridge === null) continue;
    for (const step of planBridge(bridge, own, wish))
      commands.push(...step.commands.map((args) => [step.tool, ...args]));
    bridges.set(bridge.name, {
      ...bridge,
      filtering: wish.filtering ?? bridge.filtering,
      protocol: wish.protocol ?? bridge.protocol,
      defaultPvid: wish.defaultPvid === undefined ? bridge.defaultPvid : wish.defaultPvid,
      vlans: wish.own ?? bridge.vlans,
    });
    setVlans(ports, wish.ports);
    for (const name of [bridge.name, ...wish.ports.keys()])
      by.set(name, `${rule.place.file}:${rule.place.line}: [${rule.bridge}]`);
  }
  return { commands, after: { bridges, ports }, by };
}

/** The ports that `vlan_filtering --all` would try to set: those of guests whose conf is all right. */
export function wantedPorts(matches: readonly Match[]): WantedPort[] {
  return matches.filter(({ blocking }) => blocking.length === 0).flatMap((match) => match.wanted);
}

/** What `vlan_filtering --all` would do for these ports, and then to the trunks that carry what is needed. */
export function planGuests(
  host: Host,
  wanted: readonly WantedPort[],
  targets: readonly BridgeTarget[],
): HostPlan {
  const ports = new Map(host.ports);
  const by = new Map<string, string>();
  const there = wanted.flatMap((port) => {
    const found = ports.get(port.dev);
    return found === undefined ? [] : [{ ...port, found }];
  });
  const commands = planPortsWithFlags(there.map(({ found, wish }) => ({ found, ...wish })));
  for (const { dev, found, wish, rule } of there) {
    ports.set(dev, { ...found, vlans: wish.vlans, flags: { ...found.flags, ...wish.flags } });
    by.set(dev, describeRule(rule));
  }
  for (const { rule } of targets.filter((target) => target.rule.autoTrunk !== undefined)) {
    const { wish } = wishForBridge(rule, { bridges: host.bridges, ports });
    const trunks = [...wish.ports].flatMap(([name, vlans]) => {
      const found = ports.get(name);
      return found === undefined ? [] : [{ found, vlans, flags: {} }];
    });
    commands.push(...planPortsWithFlags(trunks));
    setVlans(ports, wish.ports);
  }
  return { commands, after: { bridges: host.bridges, ports }, by };
}

interface Goal {
  readonly found: BridgePort;
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
}

function planPortsWithFlags(goals: readonly Goal[]): CommandLine[] {
  const flags = goals.flatMap(({ found, flags: want }) => {
    const args = planFlags(found.name, found.flags, want);
    return args === null ? [] : [args];
  });
  const vlans = planPorts(
    goals.map(({ found, vlans: want }) => ({ dev: found.name, self: false, have: found.vlans, want })),
  );
  return [...flags, ...vlans.map(vlanCommandArgs)].map((args) => ['bridge', ...args]);
}

function setVlans(ports: Map<string, BridgePort>, wished: ReadonlyMap<string, PortVlans>): void {
  for (const [name, vlans] of wished) {
    const port = ports.get(name);
    if (port !== undefined) ports.set(name, { ...port, vlans });
  }
}

/** A bridge's own settings as its kernel attributes say them. */
export function describeSettings(bridge: Bridge): string[] {
  return [
    `vlan_filtering ${bridge.filtering ? 1 : 0}`,
    `vlan_protocol ${bridge.protocol}`,
    `vlan_default_pvid ${bridge.defaultPvid ?? 0}`,
  ];
}
