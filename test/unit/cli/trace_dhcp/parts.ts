import type { DhcpFrame, DhcpMessage } from '../../../../lib/model/dhcp/dhcp_frame';
import type { DomainInterface } from '../../../../lib/model/guest/domain';
import type { PortVlans } from '../../../../lib/model/vlan/port_vlans';
import type { Sighting, Way } from '../../../../lib/cli/trace_dhcp/sightings';
import type { Exit, TracedPort } from '../../../../lib/cli/trace_dhcp/traced_port';
import { member } from '../../model/host/host_parts';

export const MAC = '52:54:00:00:00:00';

const ANSWERS: readonly DhcpMessage[] = ['OFFER', 'ACK', 'NAK', 'ADVERTISE', 'REPLY'];
const OF_6: readonly DhcpMessage[] = [
  'SOLICIT',
  'ADVERTISE',
  'RENEW',
  'REBIND',
  'CONFIRM',
  'INFORMATION-REQUEST',
  'REPLY',
];

export interface Said extends Partial<Omit<DhcpFrame, 'tags'>> {
  /** VIDs of 802.1Q. */
  readonly tags?: readonly number[];
  readonly count?: number;
  readonly lastAt?: number;
}

/** A frame: of the guest, in a conversation of DHCPv4 unless its type or `said` is of the other kind. */
export function frame(
  type: DhcpMessage,
  { tags = [], count: _count, lastAt: _at, ...said }: Said = {},
): DhcpFrame {
  const isAnswer = ANSWERS.includes(type);
  const family = said.family ?? (OF_6.includes(type) ? 6 : 4);
  return {
    side: isAnswer ? 'server' : 'client',
    type,
    xid: 1,
    client: MAC,
    tags: tags.map((vid) => ({ protocol: '802.1Q', vid })),
    address: isAnswer && type !== 'NAK' ? (family === 4 ? '192.0.2.10' : '2001:db8::10') : null,
    server: isAnswer ? (family === 4 ? '192.0.2.1' : 'fe80::1') : null,
    ...said,
    family,
  };
}

/** What was seen: `vnet0 <` is from the guest, `vnet0 >` is to the guest; at an exit likewise. */
export function saw(place: `${string} ${'<' | '>'}`, type: DhcpMessage, said: Said = {}): Sighting {
  const [dev = '', sign] = place.split(' ');
  const way: Way = sign === '<' ? 'from-guest' : 'to-guest';
  return { dev, way, frame: frame(type, said), count: said.count ?? 1, lastAt: said.lastAt ?? 0 };
}

export const IFACE: DomainInterface = {
  place: 0,
  nic: 0,
  type: 'bridge',
  mac: MAC,
  dev: 'vnet0',
  hasTap: true,
  managed: true,
  alias: 'net0',
  bridge: 'br0',
  network: null,
  libvirtVlan: false,
  libvirtVlans: null,
  hasFilterRef: false,
  hasHostAddress: false,
};

export function uplink(vlans: PortVlans, more: Partial<Exit> = {}): Exit {
  return { dev: 'eth0', place: 'uplink', isTrunk: true, isTunnel: false, vlans, ...more };
}

export const OWN: Exit = { dev: 'br0', place: 'host', isTrunk: false, isTunnel: false, vlans: member(1) };

/** vnet0 in VLAN 100, with 200 tagged, in a bridge with the trunk eth0. */
export function port(more: Partial<TracedPort> = {}): TracedPort {
  return {
    dev: 'vnet0',
    iface: IFACE,
    bridge: { name: 'br0', filtering: true, protocol: '802.1Q' },
    vlans: member(100, 200),
    exits: [uplink(member(1, 100, 200)), OWN],
    ...more,
  };
}
