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
export function runningXml(guest: RunningGuest): string {
  return domainXml(guest, ({ bridge = 'br0', network, vlan }) => {
    const source = network === undefined ? `bridge='${bridge}'` : `network='${network}' bridge='${bridge}'`;
    return ['bridge', `<source ${source}/>${vlanXml(vlan)}`];
  });
}

/** What libvirt keeps of it in its status file. */
function statusXml(guest: RunningGuest): string {
  return domainXml(guest, ({ bridge = 'br0', network, vlan }) => {
    const source = `<source bridge='${bridge}'/>${vlanXml(vlan)}`;
    return network === undefined
      ? ['bridge', source]
      : ['network', `<source network='${network}'/><actual type='bridge'>${source}</actual>`];
  });
}

function vlanXml(vlan: number | undefined): string {
  return vlan === undefined ? '' : `<vlan><tag id='${vlan}'/></vlan>`;
}

function domainXml(
  { name, uuid, interfaces, metadata = '' }: RunningGuest,
  sourceOf: (iface: RunningInterface) => [type: string, source: string],
): string {
  const devices = interfaces.map((iface, nic) => {
    const [type, source] = sourceOf(iface);
    const { dev, mac = `52:54:00:00:00:0${nic}`, alias = `net${nic}` } = iface;
    return `<interface type='${type}'><mac address='${mac}'/>${source}
      <target dev='${dev}'/><alias name='${alias}'/></interface>`;
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
  await writeStatusTexts(kernel, Object.fromEntries(guests.map((guest) => [guest.name, statusXml(guest)])));
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
