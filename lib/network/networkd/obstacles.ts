import type { BridgeRequest } from '../backend';
import { valueOf, valuesOf } from '../sections';
import type { Finding } from './problems';
import type { NetworkdState } from './state';

/** What systemd-networkd creates on top of an interface and this change does not move, and masters of the interface. */
const STACKED = [
  ...['Bridge', 'Bond', 'VRF', 'BatmanAdvanced', 'MACVLAN', 'MACVTAP', 'IPVLAN', 'IPVTAP'],
  ...['MACsec', 'VXLAN', 'Tunnel', 'Xfrm', 'IPoIB'],
];

/** The reasons why the configuration cannot be moved to a bridge. */
export function obstacles(state: NetworkdState, { bridge, port, vlans }: BridgeRequest): Finding[] {
  const { file, sections } = state.unit;
  const stacked = STACKED.flatMap((key) =>
    valuesOf(sections, 'Network', key)
      .filter((value) => value !== '')
      .map((value): Finding => ({ kind: 'stacked', file, entry: `${key}=${value}`, port: port.name })),
  );
  const known = valuesOf(sections, 'Network', 'VLAN');
  const foreign = vlans
    .filter(({ name }) => !known.includes(name))
    .map(({ name }): Finding => ({ kind: 'foreign-vlan', file, vlan: name, port: port.name }));
  const taken = [
    ...state.netdevs.filter((unit) => valueOf(unit.sections, 'NetDev', 'Name') === bridge),
    ...state.networks.filter((unit) =>
      valuesOf(unit.sections, 'Match', 'Name').some((names) => names.split(/\s+/).includes(bridge)),
    ),
  ].map((unit): Finding => ({ kind: 'name-in-use', file: unit.file, bridge }));
  return [...stacked, ...foreign, ...taken];
}
