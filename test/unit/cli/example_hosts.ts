import { readSwitches, type HostState } from '../../../lib/apply/state/read_switches';
import { portVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../../readme_confs';
import { FakeHost, ROOT, type HostSetup } from '../fake_host/fake_host';
import { nicsIn } from '../fake_host/guest_xml';
import { bridge, bridgePort, member, switchWith } from '../model/host/host_parts';

/** What commands read of a host. */
export function stateOf(setup: HostSetup): Promise<HostState> {
  return readSwitches(ROOT, new FakeHost(setup).io());
}

/** The README's example, all as wanted. */
export const EXAMPLE = {
  ...switchWith(
    {
      eth0: member(1, 100, 200, 300),
      veth0: member(100, 200, 300),
      veth1: member(1, 100, 200),
      veth2: member(300),
    },
    { vlans: member(1, 200) },
  ),
  guests: { VM1: nicsIn('br0', 'veth0'), VM2: nicsIn('br0', 'veth1', 'veth2') },
  confs: { bridge_init: BRIDGE_INIT_CONF, vlan_filtering: VLAN_FILTERING_CONF },
} satisfies HostSetup;

/** All that can be wrong at once: drift, a port that is down, unmanaged and missing ones, long names, two bridges. */
export const TROUBLED: HostSetup = {
  bridges: [bridge('br0', { filtering: true, vlans: member(1, 200) }), bridge('virbr0')],
  ports: [
    bridgePort('enp193s0f1np1', member(1, 100, ...range(200, 299), 777, 1000, 2000, ...range(3000, 3999))),
    bridgePort('veth0', member(1, 200)),
    bridgePort(
      'veth1',
      portVlans({ pvid: 1 as Vid, tagged: [100 as Vid, 200 as Vid], untagged: [7 as Vid] }),
    ),
    bridgePort('vnet10', member(1)),
    bridgePort('vnet9', member(null)),
    bridgePort('left', member(1)),
    bridgePort('vnet11', member(1), 'virbr0'),
  ],
  down: ['veth1'],
  guests: {
    VM1: nicsIn('br0', 'veth0'),
    VM2: nicsIn('br0', 'veth1', 'veth2'),
    'a guest with a näme that is rather long & so on': nicsIn('br0', 'vnet10', 'vnet9'),
    nat: nicsIn('virbr0', 'vnet11'),
  },
  confs: {
    bridge_init: BRIDGE_INIT_CONF.replace('eth0', 'enp193s0f1np1 eth7').replace('100 200 300', '100 200-299'),
    vlan_filtering: `${VLAN_FILTERING_CONF.replace('pvid = 100', 'isolated = yes\npvid = 100')}
[vnet9]
mode = none

[nat]
network = default
tagged = 4095
`,
  },
};

/** A switch with so many guests, one port each, in turn in VLANs 10, 20, 30 and 40. */
export function crowd(count: number): HostSetup {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const vid = (index: number) => 10 * ((index % 4) + 1);
  const trunk = member(1, 10, 20, 30, 40);
  const taps = numbers.map((index) => [`vnet${index}`, member(vid(index))] as const);
  return {
    ...switchWith({ eth0: trunk, eth1: trunk, ...Object.fromEntries(taps) }),
    guests: Object.fromEntries(numbers.map((index) => [`guest${index}`, nicsIn('br0', `vnet${index}`)])),
    confs: {
      bridge_init: '[br0]\ntrunk-port = eth*\ntrunk-tags = 10 20 30 40\n',
      vlan_filtering: numbers.map((index) => `[vnet${index}]\npvid = ${vid(index)}\n`).join('\n'),
    },
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
