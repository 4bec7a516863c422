import type { BridgePort } from '../../../lib/model/host/host';
import { uplinksOf } from '../../../lib/plan/uplinks';
import { bridge, bridgePort, hostOf, member, tunnelPort } from '../model/host/host_parts';

const PORTS: readonly BridgePort[] = [
  bridgePort('eth0', member(1)),
  bridgePort('eth1', member(1)),
  tunnelPort('vx0', { 10: 10010 }),
  { ...tunnelPort('veth9', { 20: 10020 }), kind: 'veth' },
  bridgePort('tap0', member(1)),
  { ...bridgePort('eth9', member(1)), bridge: 'br1' },
];

test.each<[string, string[], string[], string[]]>([
  ['no trunk is named', [], [], ['eth0', 'eth1', 'vx0']],
  ['a trunk is named', ['eth0', 'eth9'], ['eth0'], ['eth1', 'vx0']],
  ['tunnels are named too', ['eth0', 'vx0', 'veth9'], ['eth0'], ['eth1', 'vx0', 'veth9']],
])('%s', (_, named, trunks, others) => {
  const host = hostOf([bridge('br0'), bridge('br1')], PORTS);
  expect(uplinksOf('br0', host, named, new Map())).toEqual({ trunks, others });
});

test('a tap that a guest claims is no uplink', () => {
  const vif = { ...bridgePort('vif1.0', member(1)), kind: null };
  const host = hostOf([bridge('br0')], [vif]);
  expect(uplinksOf('br0', host, [], new Map([['vif1.0', ['VM1']]]))).toEqual({ trunks: [], others: [] });
});
