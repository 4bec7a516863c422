import type { Kernel } from './kernel';
import { succeed } from './succeed';

/**
 * `bridge vlan show` in one line an interface: `{ veth0: '100 PVID Egress Untagged, 200, 300-399' }`. One that is in
 * no VLAN is absent.
 */
export async function vlanTable(kernel: Kernel): Promise<Record<string, string>> {
  const shown = JSON.parse(await succeed(kernel, 'bridge -j -compressvlans vlan show')) as {
    ifname: string;
    vlans: { vlan: number; vlanEnd?: number; flags?: string[] }[];
  }[];
  const words = shown.map(({ ifname, vlans }) => {
    const members = vlans.map(({ vlan, vlanEnd, flags = [] }) =>
      [vlanEnd === undefined ? vlan : `${vlan}-${vlanEnd}`, ...flags].join(' '),
    );
    return [ifname, members.join(', ')];
  });
  return Object.fromEntries(words) as Record<string, string>;
}

/** How the table shows a port with a PVID that leaves untagged, and tagged VLANs. */
export function port(pvid: number | null, ...tagged: number[]): string {
  const all = pvid === null ? tagged : [pvid, ...tagged];
  const words = all.sort((a, b) => a - b).map((vid) => (vid === pvid ? `${vid} PVID Egress Untagged` : vid));
  return words.join(', ');
}
