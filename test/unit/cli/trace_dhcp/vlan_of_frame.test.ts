import { vlanOfFrame } from '../../../../lib/cli/trace_dhcp/vlan_of_frame';
import type { FrameTag } from '../../../../lib/model/dhcp/datagram';
import type { VlanProtocol } from '../../../../lib/model/host/host';
import { portVlans, type PortVlans } from '../../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../../lib/model/vlan/vid';
import { member } from '../../model/host/host_parts';

const q = (vid: number): FrameTag => ({ protocol: '802.1Q', vid });
const ad = (vid: number): FrameTag => ({ protocol: '802.1ad', vid });
const TAGGED_PVID = portVlans({ pvid: 5 as Vid, pvidEgress: 'tagged', untagged: [7 as Vid] });

test.each<[FrameTag[], VlanProtocol, PortVlans, isOut: boolean, vlan: number | null]>([
  [[], '802.1Q', member(100), false, 100],
  [[], '802.1Q', member(null, 200), false, null],
  [[q(200)], '802.1Q', member(100), false, 200],
  [[q(0)], '802.1Q', member(100), false, 100],
  [[q(4095)], '802.1Q', member(100), false, null],
  [[ad(5)], '802.1Q', member(100), false, 100],
  [[q(5)], '802.1ad', member(100), false, 100],
  [[ad(5), q(7)], '802.1ad', member(100), false, 5],
  [[], '802.1Q', member(100), true, 100],
  [[], '802.1Q', TAGGED_PVID, false, 5],
  [[], '802.1Q', TAGGED_PVID, true, 7],
  [[], '802.1Q', member(null, 200), true, null],
])('%j on a bridge of %s', (tags, protocol, vlans, isOut, vlan) => {
  expect(vlanOfFrame(tags, { filtering: true, protocol }, vlans, isOut)).toBe(vlan);
  expect(vlanOfFrame(tags, { filtering: false, protocol }, vlans, isOut)).toBe(null);
});
