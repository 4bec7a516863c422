import { join } from 'node:path';
import { toProblem, type Finding } from '../../../../lib/network/networkd/problems';
import { expectGolden } from '../../golden';

const file = '/etc/systemd/network/20-eth0.network';
const port = 'eth0';

const ALL: Record<Finding['kind'], Finding> = {
  stacked: { kind: 'stacked', file, entry: 'VRF=blue', port },
  'foreign-vlan': { kind: 'foreign-vlan', file, vlan: 'eth0.200', port },
  'name-in-use': { kind: 'name-in-use', file: '/etc/systemd/network/10-br0.netdev', bridge: 'br0' },
  'sorts-first': { kind: 'sorts-first', file: '/etc/systemd/network/0-all.network' },
  'no-lease': { kind: 'no-lease', port },
  'addresses-change': { kind: 'addresses-change', addresses: ['2001:db8:1::a/64', '2001:db8:2::b/64'], port },
  'link-local-changes': { kind: 'link-local-changes', address: 'fe80::1/64', port },
  'named-elsewhere': { kind: 'named-elsewhere', file, entry: 'UplinkInterface=eth0', port },
  'loses-guests': { kind: 'loses-guests', port },
  edited: { kind: 'edited', file: '/etc/systemd/network/05-kvmvlan-br0.network' },
  'nothing-left': { kind: 'nothing-left', port, file: '/etc/systemd/network/05-kvmvlan-eth0.network' },
};

test('what is said about each finding', () => {
  const said = Object.values(ALL)
    .map(toProblem)
    .map(({ level, code, message, hint }) => `${level} ${code}\n  ${message}\n  ${hint}`);
  expectGolden(join(__dirname, 'golden', 'problems.txt'), said.join('\n'));
});
