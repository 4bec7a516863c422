import { createHash } from 'node:crypto';
import type { Machine } from './machine';
import { until } from './until';

export interface Nic {
  mac: string;
  /** The name of its tap; libvirt chooses one (vnet0 …) unless given. */
  device?: string;
  /** What it is plugged into, a bridge or a libvirt network: br0 unless given. */
  bridge?: string;
  network?: string;
  /** In no bridge and no network: `type='ethernet'`. */
  isRouted?: boolean;
  /** A name of the user's own, `ua-…`. */
  alias?: string;
  /** libvirt's own `<vlan>` for it. */
  vlan?: number;
}

export interface Guest {
  name: string;
  nics: Nic[];
  /**
   * It boots from the network: about 5 s after its start its firmware broadcasts DHCP requests from its first
   * network card. Other guests send nothing, and start faster.
   */
  sends?: boolean;
  /** It boots iPXE, which runs these commands (ipxe.ts). */
  ipxe?: readonly string[];
  /** XML of the guest's <metadata>. */
  metadata?: string;
  /** AppArmor leaves it alone. */
  isUnconfined?: boolean;
  /** Further arguments of QEMU. */
  qemu?: readonly string[];
}

const escape = (text: string) =>
  text.replace(/[&<>'"]/g, (character) => `&#${String(character.codePointAt(0))};`);

/** A word of a shell script. */
export const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function nicXml(nic: Nic, sends: boolean): string {
  const { mac, device, alias, vlan } = nic;
  const target = device === undefined ? '' : `<target dev='${device}'/>`;
  const ownName = alias === undefined ? '' : `<alias name='${alias}'/>`;
  const rom = sends ? '' : `<rom enabled='no'/>`;
  const tag = vlan === undefined ? '' : `<vlan><tag id='${vlan}'/></vlan>`;
  return `${sourceXml(nic)}<mac address='${mac}'/>${tag}${target}<model type='virtio'/>${rom}${ownName}</interface>`;
}

function sourceXml({ bridge = 'br0', network, isRouted = false }: Nic): string {
  if (isRouted) return `<interface type='ethernet'>`;
  return network === undefined
    ? `<interface type='bridge'><source bridge='${bridge}'/>`
    : `<interface type='network'><source network='${network}'/>`;
}

function argumentsXml(words: readonly string[]): string {
  const args = words.map((word) => `<qemu:arg value='${escape(word)}'/>`);
  return args.length === 0 ? '' : `<qemu:commandline>${args.join('')}</qemu:commandline>`;
}

function ipxeXml(commands: readonly string[]): string {
  return `<kernel>/boot/ipxe.lkrn</kernel><cmdline>${escape(commands.join(' ; '))}</cmdline>`;
}

/** A guest with nothing in it but its firmware and its network cards. */
export function domainXml(guest: Guest): string {
  const { name, nics, sends = false, ipxe, metadata = '', isUnconfined = false, qemu = [] } = guest;
  // Always the same uuid, so that a guest can be defined anew, and otherwise.
  const uuid = createHash('md5').update(name).digest('hex');
  return `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>${escape(name)}</name>
  <uuid>${uuid}</uuid>
  <metadata>${metadata}</metadata>
  <memory unit='MiB'>${ipxe ? 32 : 16}</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='${sends ? 'network' : 'hd'}'/>${ipxe ? ipxeXml(ipxe) : ''}</os>
  <features><acpi/></features>
  <devices>
    <controller type='usb' model='none'/>
    ${nics.map((nic) => nicXml(nic, sends)).join('\n    ')}
    <memballoon model='none'/>
  </devices>
  ${isUnconfined ? "<seclabel type='none'/>" : ''}
  ${argumentsXml(qemu)}
</domain>`;
}

export async function defineGuest(machine: Machine, guest: Guest): Promise<void> {
  await machine.must('virsh --quiet define /dev/stdin', { stdin: domainXml(guest) });
}

/** Starts a guest that must start; takes 10 s, most of it AppArmor's. Several may start side by side. */
export async function startGuest(machine: Machine, name: string): Promise<void> {
  await machine.must(`virsh --quiet start ${quote(name)}`);
}

export async function guestState(machine: Machine, name: string): Promise<string> {
  return (await machine.must(`virsh domstate ${quote(name)}`)).trim();
}

export async function waitForState(machine: Machine, name: string, state: string): Promise<void> {
  await until(`${name} is ${state}`, async () => (await guestState(machine, name)) === state);
}

/** Restarts libvirtd, and waits until it serves: the daemon hook has run then, and each running guest's reconnect. */
export async function restartLibvirtd(machine: Machine): Promise<void> {
  await machine.must('systemctl restart libvirtd; virsh --quiet list >/dev/null');
}
