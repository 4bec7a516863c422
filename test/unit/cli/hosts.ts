import { BRIDGE_INIT_CONF, GUESTS, VLAN_FILTERING_CONF } from '../../kernel/demo/example';
import type { FakeHost } from './fake_host';

/** The README's example, all as wanted. */
export const EXAMPLE: FakeHost = {
  bridges: [{ name: 'br0', pvid: 1, tagged: [200] }],
  ports: [
    { name: 'eth0', bridge: 'br0', pvid: 1, tagged: [100, 200, 300] },
    { name: 'veth0', bridge: 'br0', pvid: 100, tagged: [200, 300] },
    { name: 'veth1', bridge: 'br0', pvid: 1, tagged: [100, 200] },
    { name: 'veth2', bridge: 'br0', pvid: 300 },
  ],
  guests: GUESTS,
  confs: { bridge_init: BRIDGE_INIT_CONF, vlan_filtering: VLAN_FILTERING_CONF },
};

/** All that can be wrong at once: drift, a port that is down, unmanaged and missing ones, long names, two bridges. */
export const TROUBLED: FakeHost = {
  bridges: [
    { name: 'br0', pvid: 1, tagged: [200] },
    { name: 'virbr0', pvid: 1, filtering: false },
  ],
  ports: [
    {
      name: 'enp193s0f1np1',
      bridge: 'br0',
      pvid: 1,
      tagged: [100, [200, 299], 777, 1000, 2000, [3000, 3999]],
    },
    { name: 'veth0', bridge: 'br0', pvid: 1, tagged: [200] },
    { name: 'veth1', bridge: 'br0', pvid: 1, tagged: [100, 200], untagged: [7], down: true },
    { name: 'vnet10', bridge: 'br0', pvid: 1 },
    { name: 'vnet9', bridge: 'br0' },
    { name: 'left', bridge: 'br0', pvid: 1 },
    { name: 'vnet11', bridge: 'virbr0', pvid: 1 },
  ],
  guests: {
    VM1: ['veth0'],
    VM2: ['veth1', 'veth2'],
    'a guest with a näme that is rather long & so on': ['vnet10', 'vnet9'],
    nat: ['vnet11'],
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
export function crowd(count: number): FakeHost {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const vid = (index: number) => 10 * ((index % 4) + 1);
  return {
    bridges: [{ name: 'br0', pvid: 1 }],
    ports: [
      { name: 'eth0', bridge: 'br0', pvid: 1, tagged: [10, 20, 30, 40] },
      { name: 'eth1', bridge: 'br0', pvid: 1, tagged: [10, 20, 30, 40] },
      ...numbers.map((index) => ({ name: `vnet${index}`, bridge: 'br0', pvid: vid(index) })),
    ],
    guests: Object.fromEntries(numbers.map((index) => [`guest${index}`, [`vnet${index}`]])),
    confs: {
      bridge_init: '[br0]\ntrunk-port = eth*\ntrunk-tags = 10 20 30 40\n',
      vlan_filtering: numbers.map((index) => `[vnet${index}]\npvid = ${vid(index)}\n`).join('\n'),
    },
  };
}
