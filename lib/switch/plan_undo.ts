import type { Egress, PortVlans, Vid } from '../types';
import type { Bridge, BridgePort, Host } from '../vlan/host';
import { planBridge, type BridgeWish, type Step } from '../vlan/plan_bridge';
import { planFlags } from '../vlan/port_flags';
import { devOf } from './dev_of';
import type { SavedHost } from './saved_host';

/** The steps for one bridge. */
export interface UndoneBridge {
  readonly bridge: string;
  readonly steps: readonly Step[];
}

/**
 * The steps from what is now back to what was. Ports and bridges that have come since are left as they are, those that
 * have gone are passed over. Where filtering was off it goes off first: that alone lets the host be reached again, and
 * the kernel changes a default PVID only then (br_vlan.c br_vlan_set_default_pvid). In each step the host's own port
 * and its uplinks come first.
 */
export function planUndo(
  now: Host,
  { host: was, uplinks }: Pick<SavedHost, 'host' | 'uplinks'>,
): UndoneBridge[] {
  return [...was.bridges.values()].flatMap((old): UndoneBridge[] => {
    const found = now.bridges.get(old.name);
    if (found === undefined) return [];
    const ports = [...now.ports.values()].filter((port) => port.bridge === old.name);
    const before = ports.flatMap((port) => {
      const then = was.ports.get(port.name);
      return then !== undefined && isSame(then, port, uplinks) ? [{ port, then }] : [];
    });
    const since = ports.filter((port) => !before.some((known) => known.port === port));
    const back = ({ port, then }: (typeof before)[number]): PortVlans =>
      uplinks.includes(port.name) ? keepFor(since, port.vlans, then.vlans) : then.vlans;
    const steps: Step[] = [];
    let bridge: Bridge = found;
    if (bridge.filtering && !old.filtering) {
      const off = ['link', 'set', 'dev', old.name, 'type', 'bridge', 'vlan_filtering', '0'];
      steps.push({ tool: 'ip', commands: [off] });
      bridge = { ...bridge, filtering: false };
    }
    const wish: BridgeWish = {
      filtering: old.filtering,
      protocol: old.protocol,
      own: old.vlans,
      ports: new Map(before.map((known) => [known.then.name, back(known)])),
      ...(bridge.filtering ? {} : { defaultPvid: old.defaultPvid }),
    };
    steps.push(...planBridge(bridge, ports, wish));
    const flags = before.flatMap(({ port, then }) => {
      const args = planFlags(port.name, port.flags, then.flags);
      return args === null ? [] : [args];
    });
    if (flags.length > 0) steps.push({ tool: 'bridge', commands: flags });
    const sorted = steps.map((step) => hostFirst(step, [old.name, ...uplinks]));
    return steps.length === 0 ? [] : [{ bridge: old.name, steps: sorted }];
  });
}

/**
 * Whether a port is the one of that time: another guest's tap may have its name by now. An uplink is the way to the host
 * by its name, also where it was made anew.
 */
function isSame(then: BridgePort, now: BridgePort, uplinks: readonly string[]): boolean {
  const isOne = then.index === undefined || then.index === now.index || uplinks.includes(now.name);
  return then.bridge === now.bridge && isOne;
}

/** An uplink's VLANs as they were, and those that guests need which have started since: it carries them by now. */
function keepFor(since: readonly BridgePort[], now: PortVlans, then: PortVlans): PortVlans {
  const vlans = new Map<Vid, Egress>(then.vlans);
  for (const vid of since.flatMap((port) => [...port.vlans.vlans.keys()]))
    if (now.vlans.get(vid) === 'tagged' && !vlans.has(vid)) vlans.set(vid, 'tagged');
  return { pvid: then.pvid, vlans };
}

function hostFirst({ tool, commands }: Step, first: readonly string[]): Step {
  const isFirst = (command: readonly string[]): boolean => first.includes(devOf(command) ?? '');
  return { tool, commands: [...commands.filter(isFirst), ...commands.filter((one) => !isFirst(one))] };
}
