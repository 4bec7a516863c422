import { readBridgeInitConf } from '../../../lib/model/conf/bridge_init_conf';
import type { BridgePort } from '../../../lib/model/host/host';
import { bridgeTarget } from '../../../lib/plan/bridge_target';
import type { Claims } from '../../../lib/plan/claims';
import { uplinksOf, type Uplinks } from '../../../lib/plan/uplinks';
import { bridge, bridgePort, hostOf, member, tunnelPort } from '../model/host/host_parts';

const uplinks = (ports: readonly BridgePort[], conf: string, claims: Claims = new Map()): Uplinks => {
  const host = hostOf([bridge('br0'), bridge('br1')], ports);
  const targets = readBridgeInitConf(conf, 'c').rules.map((rule) => bridgeTarget(rule, host, claims));
  return uplinksOf('br0', host, targets, claims);
};

test.each<[string, string, string[], string[]]>([
  ['no trunk is named', '', [], ['eth0', 'eth1', 'vx0']],
  ['a trunk is named', '[br0]\ntrunk-port = eth0\n[br1]\ntrunk-port = eth9\n', ['eth0'], ['eth1', 'vx0']],
  ['tunnels are named too', '[br0]\ntrunk-port = eth0 vx0 veth9\n', ['eth0'], ['eth1', 'vx0', 'veth9']],
])('%s', (_, conf, trunks, others) => {
  const ports = [
    bridgePort('eth0', member(1)),
    bridgePort('eth1', member(1)),
    tunnelPort('vx0', { 10: 10010 }),
    { ...tunnelPort('veth9', { 20: 10020 }), kind: 'veth' },
    bridgePort('tap0', member(1)),
    bridgePort('eth9', member(1), 'br1'),
  ];
  expect(uplinks(ports, conf)).toEqual({ trunks, others });
});

test('what a guest claims is no uplink', () => {
  const vif = { ...bridgePort('vif1.0', member(1)), kind: null };
  expect(uplinks([vif], '', new Map([['vif1.0', ['VM1']]]))).toEqual({ trunks: [], others: [] });
});
