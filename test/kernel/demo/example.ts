import type { Frame, Heard } from '../frames';

/** The guests of the README's example, and their taps. */
export const GUESTS: Record<string, string[]> = { VM1: ['veth0'], VM2: ['veth1', 'veth2'] };

/** Who is at which interface, in words. "outside" is the other end of the uplink's cable. */
export const PEOPLE: Record<string, string> = {
  veth0: 'VM1',
  veth1: 'VM2/veth1',
  veth2: 'VM2/veth2',
  outside: 'outside',
  br0: 'host',
};

export interface Case {
  frame: Frame;
  expected: Heard;
}

const listen = Object.keys(PEOPLE);

/** What an unmanaged bridge does. */
export const BEFORE: Case[] = [
  {
    frame: { from: 'veth0', listen },
    expected: { veth1: 'untagged', veth2: 'untagged', outside: 'untagged', br0: 'untagged' },
  },
];

/** What the two conf files ask for. */
export const AFTER: Case[] = [
  { frame: { from: 'veth0', listen }, expected: { veth1: 100, outside: 100 } },
  { frame: { from: 'veth0', vid: 200, listen }, expected: { veth1: 200, outside: 200, br0: 200 } },
  { frame: { from: 'veth0', vid: 300, listen }, expected: { veth2: 'untagged', outside: 300 } },
  { frame: { from: 'veth0', vid: 1, listen }, expected: {} },
  { frame: { from: 'veth1', listen }, expected: { outside: 'untagged', br0: 'untagged' } },
  { frame: { from: 'veth2', listen }, expected: { veth0: 300, outside: 300 } },
  { frame: { from: 'veth2', vid: 100, listen }, expected: {} },
  { frame: { from: 'outside', vid: 300, listen }, expected: { veth0: 300, veth2: 'untagged' } },
  { frame: { from: 'outside', vid: 400, listen }, expected: {} },
  { frame: { from: 'br0', vid: 200, listen }, expected: { veth0: 200, veth1: 200, outside: 200 } },
];

/** What libvirt hands to a hook on stdin. */
export function domainXml(guest: string): string {
  const interfaces = (GUESTS[guest] ?? []).map(
    (port, index) => `    <interface type='bridge'>
      <mac address='52:54:00:00:0${guest.slice(-1)}:0${index}'/>
      <source bridge='br0'/>
      <target dev='${port}'/>
      <model type='virtio'/>
      <alias name='net${index}'/>
    </interface>`,
  );
  return `<domain type='kvm' id='1'>
  <name>${guest}</name>
  <devices>
${interfaces.join('\n')}
  </devices>
</domain>
`;
}
