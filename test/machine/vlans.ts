import type { Machine } from './machine';

interface Port {
  ifname: string;
  vlans: { vlan: number; vlanEnd?: number; flags?: string[] }[];
}

/** What `bridge vlan show` says of each of `devices`, as in `1 PVID Egress Untagged, 100, 200-299`. */
export async function vlansOfAll(machine: Machine, devices: string[]): Promise<Record<string, string>> {
  const ports = JSON.parse(await machine.must('bridge -j vlan show')) as Port[];
  const inWords = (device: string) =>
    (ports.find(({ ifname }) => ifname === device)?.vlans ?? [])
      .map(({ vlan, vlanEnd, flags = [] }) => [vlanEnd ? `${vlan}-${vlanEnd}` : vlan, ...flags].join(' '))
      .join(', ');
  return Object.fromEntries(devices.map((device) => [device, inWords(device)]));
}

/** The same of one device. */
export async function vlansOf(machine: Machine, device: string): Promise<string> {
  return (await vlansOfAll(machine, [device]))[device] ?? '';
}

export async function isFiltering(machine: Machine, bridge: string): Promise<boolean> {
  return (await machine.must(`cat /sys/class/net/${bridge}/bridge/vlan_filtering`)) === '1\n';
}
