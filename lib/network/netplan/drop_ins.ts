import type { BridgeRequest } from '../backend';
import { vlanSections } from '../networkd/bridge_vlan_section';
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
 * folders.
 */
export function dropIns(request: BridgeRequest, portId: string, identity: DhcpIdentity): Map<string, string> {
  const { bridge, bridgeVlans } = request;
  const { defaultPvid, own, trunk } = vlanSections(bridgeVlans);
  const texts: [string, string[]][] = [
    [`${bridge}.netdev`, [`[Bridge]\nVLANFiltering=yes\nDefaultPVID=${defaultPvid ?? 'none'}\n`]],
    [`${bridge}.network`, [iaid('DHCPv4', identity.iaid4), iaid('DHCPv6', identity.iaid6), own]],
    [`${portId}.network`, [trunk]],
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
