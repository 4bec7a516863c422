import type { Bridge } from '../../../lib/model/host/host';
import type { HookCall } from '../../../lib/model/libvirt/hook_call';
import type { PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import type { PluginCall } from '../../../lib/plugins/plugin';
import { bridgePort } from '../model/host/bridge_port';
import { SimulatedHost } from './simulated_host';

/** A port whose PVID leaves untagged, and tags. */
export function member(pvid: number | null, ...tagged: number[]): PortVlans {
  const own: [Vid, 'untagged'][] = pvid === null ? [] : [[pvid as Vid, 'untagged']];
  return {
    pvid: pvid as Vid | null,
    vlans: new Map([...own, ...tagged.map((vid) => [vid as Vid, 'tagged'] as const)]),
  };
}

/** A bridge as the kernel makes it, less what is said. */
export function bridge(name: string, more: Partial<Bridge> = {}): Bridge {
  return { name, filtering: false, protocol: '802.1Q', defaultPvid: 1 as Vid, vlans: member(1), ...more };
}

/** The host of the README's example when a guest's taps have just joined: br0 filters, eth0 is its trunk. */
export function exampleHost(taps: readonly string[] = ['veth1', 'vnet0']): SimulatedHost {
  return new SimulatedHost(
    [bridge('br0', { filtering: true, vlans: member(1, 200) })],
    [bridgePort('eth0', member(1, 100, 200, 300)), ...taps.map((name) => bridgePort(name, member(1)))],
    ['tapr0', 'eth9'],
  );
}

/** The same before bridge_init: nothing is set, br0 does not filter. */
export function freshHost(): SimulatedHost {
  return new SimulatedHost(
    [bridge('br0'), bridge('br1')],
    [bridgePort('eth0', member(1)), bridgePort('eth1', member(1), 'br1'), bridgePort('vnet0', member(1))],
  );
}

/** A plugin's call in one of libvirt's phases. */
export function inPhase(
  conf: string,
  driver: string,
  object: string,
  operation: string,
  suboperation: string,
): PluginCall {
  const hook: HookCall = { driver, object, operation, suboperation, extra: '-' };
  return { object: driver === 'daemon' ? operation : object, all: false, hook, conf, dryRun: false };
}

/** A plugin's call by hand. */
export function byHand(conf: string, object: string, more: Partial<PluginCall> = {}): PluginCall {
  return { object, all: false, hook: null, conf, dryRun: false, ...more };
}
