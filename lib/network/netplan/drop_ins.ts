import { portVlans } from '../../model/vlan/port_vlans';
import type { BridgeRequest } from '../backend';
import { bridgeVlanSection } from '../networkd/bridge_vlan_section';
import type { DhcpIdentity } from './identity';

/** Sorts before the drop-ins that `check` proposes, so those win. */
const NAME = 'kvmvlan-bridge.conf';

/** Whether a folder of systemd-networkd can have drop-ins for netplan's files. */
export const DROP_IN_FOLDER = /^10-netplan-.+\.d$/;

export function dropInPath(folder: string): string {
  return `${folder}/${NAME}`;
}

/**
 * What netplan has no keys for, as drop-ins for the files that it writes for systemd-networkd; by the names of their
 * folders. [BridgeVLAN] is there only if the host has VLANs: from 256 on it removes all that it does not list, so guests'
 * VLANs, which change, are better without it.
 */
export function dropIns(request: BridgeRequest, portId: string, identity: DhcpIdentity): Map<string, string> {
  const { bridge, pvid, tagged } = request;
  const vlans = tagged.length === 0 ? '' : bridgeVlanSection(portVlans({ pvid, tagged }));
  const texts: [string, string[]][] = [
    [`${bridge}.netdev`, [`[Bridge]\nVLANFiltering=yes\nDefaultPVID=${pvid}\n`]],
    [`${bridge}.network`, [iaid('DHCPv4', identity.iaid4), iaid('DHCPv6', identity.iaid6), vlans]],
    [`${portId}.network`, [vlans]],
  ];
  return new Map(
    texts
      .map(([file, sections]) => [`10-netplan-${file}.d`, sections.filter(Boolean).join('\n')] as const)
      .filter(([, text]) => text !== ''),
  );
}

/** By default the name of the interface decides it, and with it the lease. */
function iaid(section: string, value: string | null): string {
  return value === null ? '' : `[${section}]\nIAID=${value}\n`;
}
