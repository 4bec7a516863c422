import type { Bridge, Host } from '../vlan/host';
import { planBridge, type BridgeWish, type Step } from '../vlan/plan_bridge';
import { planFlags } from '../vlan/port_flags';

/** The steps for one bridge. */
export interface UndoneBridge {
  readonly bridge: string;
  readonly steps: readonly Step[];
}

/**
 * The steps from what is now back to what was. Ports and bridges that have come since are left as they are, those that
 * have gone are passed over. Where filtering was off it goes off first: that alone lets the host be reached again, and
 * the kernel changes a default PVID only then (br_vlan.c br_vlan_set_default_pvid).
 */
export function planUndo(now: Host, was: Host): UndoneBridge[] {
  return [...was.bridges.values()].flatMap((old): UndoneBridge[] => {
    const found = now.bridges.get(old.name);
    if (found === undefined) return [];
    const ports = [...now.ports.values()].filter((port) => port.bridge === old.name);
    const before = ports.flatMap((port) => {
      const then = was.ports.get(port.name);
      return then === undefined || then.bridge !== port.bridge ? [] : [{ port, then }];
    });
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
      ports: new Map(before.map(({ then }) => [then.name, then.vlans])),
      ...(bridge.filtering ? {} : { defaultPvid: old.defaultPvid }),
    };
    steps.push(...planBridge(bridge, ports, wish));
    const flags = before.flatMap(({ port, then }) => {
      const args = planFlags(port.name, port.flags, then.flags);
      return args === null ? [] : [args];
    });
    if (flags.length > 0) steps.push({ tool: 'bridge', commands: flags });
    return steps.length === 0 ? [] : [{ bridge: old.name, steps }];
  });
}
