import type { Kernel } from './kernel';
import { quote } from './quote';
import { succeed } from './succeed';

export interface RunningInterface {
  dev: string;
  mac?: string;
  bridge?: string;
  network?: string;
  alias?: string;
  /** libvirt's own `<vlan>` for it. */
  vlan?: number;
}

export interface RunningGuest {
  name: string;
  uuid?: string;
  interfaces: readonly RunningInterface[];
  /** What stands in the guest's `<metadata>`. */
  metadata?: string;
}

/** What libvirt tells hooks of a guest from `start` on. */
export function runningXml({ name, uuid, interfaces, metadata = '' }: RunningGuest): string {
  const devices = interfaces.map(({ dev, mac, bridge = 'br0', network, alias, vlan }, nic) => {
    const source = network === undefined ? `bridge='${bridge}'` : `network='${network}' bridge='${bridge}'`;
    return `<interface type='bridge'><mac address='${mac ?? `52:54:00:00:00:0${nic}`}'/><source ${source}/>
      ${vlan === undefined ? '' : `<vlan><tag id='${vlan}'/></vlan>`}
      <target dev='${dev}'/><alias name='${alias ?? `net${nic}`}'/></interface>`;
  });
  return `<domain type='kvm' id='1'><name>${name}</name>
    <uuid>${uuid ?? '327216e4-de65-4828-96bd-017bd6b40a16'}</uuid>
    <metadata>${metadata}</metadata><devices>${devices.join('\n')}</devices></domain>`;
}

const WRITE = `
import json, os, sys
os.makedirs('/run/libvirt/qemu', exist_ok=True)
for name, text in json.load(sys.stdin).items():
    with open(f'/run/libvirt/qemu/{name}.xml', 'w') as file:
        file.write(text)
`;

/** Puts libvirt's status files of running guests where libvirt keeps them. */
export async function writeStatusFiles(kernel: Kernel, guests: readonly RunningGuest[]): Promise<void> {
  await writeStatusTexts(kernel, Object.fromEntries(guests.map((guest) => [guest.name, runningXml(guest)])));
}

/** The same of texts: by guest what libvirt tells hooks of it. */
export async function writeStatusTexts(kernel: Kernel, domains: Record<string, string>): Promise<void> {
  const files = Object.entries(domains).map(([name, xml]) => [
    name,
    `<domstatus state='running' reason='booted' pid='1'>${xml}</domstatus>`,
  ]);
  const stdin = JSON.stringify(Object.fromEntries(files));
  await succeed(kernel, `python3 -c ${quote(WRITE)}`, { stdin });
}
