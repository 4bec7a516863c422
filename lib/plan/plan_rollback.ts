import type { Bridge, BridgePort, Host } from '../model/host/host';
import type { Egress, PortVlans } from '../model/vlan/port_vlans';
import { cutTunnels } from '../model/vlan/tunnels';
import type { Vid } from '../model/vlan/vid';
import { planBridge, setBridge, type BridgeWish, type Stage } from './plan_bridge';
import { setFlags } from './set_flags';
import type { Command, Step } from './step';

/** What the kernel reported before a change about exactly what the change touches. */
export interface Touched {
  readonly bridges: ReadonlyMap<string, Bridge>;
  readonly ports: ReadonlyMap<string, BridgePort>;
  /** Names of ports that the host is reachable through. They are restored before others. */
  readonly uplinks: readonly string[];
}

/** The part of a host that steps change. */
export function touchedBy(steps: readonly Step[], host: Host, uplinks: readonly string[]): Touched {
  const devs = new Set(steps.map(({ dev }) => dev));
  // A new default PVID moves ports that no command names.
  const withDefault = new Set(
    steps
      .filter(({ purpose }) => purpose.kind === 'set-bridge' && purpose.settings.defaultPvid !== undefined)
      .map(({ dev }) => dev),
  );
  const isTouched = ({ name, bridge }: BridgePort): boolean => devs.has(name) || withDefault.has(bridge);
  return {
    bridges: new Map([...host.bridges].filter(([name]) => devs.has(name))),
    ports: new Map([...host.ports].filter(([, port]) => isTouched(port))),
    uplinks,
  };
}

/**
 * The steps from the current state back to the previous one; each port is a unit. Ports are found by their ifindex,
 * because the name may now belong to another guest's tap. Only an uplink that was created again is found by its name,
 * because the host is reachable through it. Ports and bridges that no longer exist are left out. If filtering was off,
 * it is turned off first: that alone makes the host reachable again, and only then does the kernel change a default
 * PVID (br_vlan.c, br_vlan_set_default_pvid). In each stage, the host's own port and its uplinks come first.
 */
export function planRollback(now: Host, was: Touched): Step[] {
  const names = new Set([...was.bridges.keys(), ...[...was.ports.values()].map(({ bridge }) => bridge)]);
  return [...names].flatMap((name) => {
    const found = now.bridges.get(name);
    return found === undefined ? [] : planBack(found, now, was);
  });
}

function planBack(found: Bridge, now: Host, was: Touched): Step[] {
  const { name } = found;
  const old = was.bridges.get(name);
  const ports = [...now.ports.values()].filter((port) => port.bridge === name);
  const before = ports.flatMap((port) => {
    const then = thenOf(port, was);
    return then === undefined ? [] : [{ port, then }];
  });
  const since = ports.filter((port) => !before.some((known) => known.port === port));
  const back = ({ port, then }: (typeof before)[number]): PortVlans =>
    keepTunnels(port, was.uplinks.includes(port.name) ? keepFor(since, port.vlans, then.vlans) : then.vlans);
  const stages: Stage[] = [];
  let bridge = found;
  if (old?.filtering === false && bridge.filtering) {
    stages.push([setBridge(name, { filtering: false })]);
    bridge = { ...bridge, filtering: false };
  }
  const settings: Partial<BridgeWish> =
    old === undefined
      ? {}
      : {
          filtering: old.filtering,
          protocol: old.protocol,
          own: old.vlans,
          ...(bridge.filtering ? {} : { defaultPvid: old.defaultPvid }),
        };
  const wish = {
    ...settings,
    ports: new Map(before.map((known) => [known.port.name, back(known)])),
    tunnels: new Map(
      before.flatMap(({ port, then }) => (then.tunnels === null ? [] : [[port.name, then.tunnels]])),
    ),
  };
  stages.push(...planBridge(bridge, ports, wish));
  stages.push(before.flatMap(({ port, then }) => setFlags(port, then.flags)));
  const first = [name, ...was.uplinks];
  const isFirst = ({ dev }: Command): boolean => first.includes(dev);
  return stages
    .flatMap((stage) => [...stage.filter(isFirst), ...stage.filter((command) => !isFirst(command))])
    .map((command) => ({
      unit: { kind: command.dev === name ? 'bridge' : 'port', name: command.dev },
      ...command,
    }));
}

/** The previous state of a port; undefined: the change did not touch it, or it was another interface. */
function thenOf(port: BridgePort, { ports, uplinks }: Touched): BridgePort | undefined {
  const sameIndex = [...ports.values()].find(({ index }) => index === port.index);
  const then = sameIndex ?? (uplinks.includes(port.name) ? ports.get(port.name) : undefined);
  return then?.bridge === port.bridge ? then : undefined;
}

/** The previous VLANs of an uplink, and those that it now carries for guests that have started since. */
function keepFor(since: readonly BridgePort[], now: PortVlans, then: PortVlans): PortVlans {
  const vlans = new Map<Vid, Egress>(then.vlans);
  for (const vid of since.flatMap((port) => [...port.vlans.vlans.keys()]))
    if (now.vlans.get(vid) === 'tagged' && !vlans.has(vid)) vlans.set(vid, 'tagged');
  return { pvid: then.pvid, vlans };
}

/** The previous VLANs, without what cuts a tunnel: mapped VLANs stay members, and none of them loses its tag. */
function keepTunnels({ vlans: now, tunnels }: BridgePort, then: PortVlans): PortVlans {
  const vlans = new Map<Vid, Egress>(then.vlans);
  let { pvid } = then;
  for (const vid of cutTunnels(tunnels, then)) {
    const egress = now.vlans.get(vid);
    if (egress === undefined) continue;
    vlans.set(vid, egress);
    if (egress === 'tagged' && pvid === vid) pvid = null;
  }
  return { pvid, vlans };
}
