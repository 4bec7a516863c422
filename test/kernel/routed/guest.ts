import { quote } from '../quote';
import type { Kernel, RunResult } from '../kernel';
import { HOOKS } from '../hooks';
import { succeed } from '../succeed';
import { on, type Host } from './lab';

export interface Guest {
  readonly name: string;
  /** Of its tap; null: it has none now. */
  readonly dev: string | null;
  readonly mac?: string;
  /** The definition names the tap, so libvirt keeps the name where it forgets those that it has given. */
  readonly hasFixedName?: boolean;
}

export const WEB: Guest = { name: 'web', dev: 'vnet0' };

/** The state of a guest in libvirt's status file: attributes of `<domstatus>`, and its `<job>`. */
export interface Status {
  readonly attributes: string;
  readonly job: string;
}

export const RUNNING: Status = { attributes: "state='running' reason='booted'", job: '' };

/** What libvirt passes to hooks about a guest with one interface of its own. */
export function guestXml({ name, dev, mac = '52:54:00:00:00:05' }: Guest): string {
  const target = dev === null ? '' : `<target dev='${dev}'/>`;
  return `<domain type='kvm' id='1'><name>${name}</name><uuid>${uuidOf(name)}</uuid><devices>
    <interface type='ethernet'><mac address='${mac}'/>${target}<alias name='net0'/></interface>
  </devices></domain>`;
}

/** Every guest has its own. */
function uuidOf(name: string): string {
  const hex = Buffer.from(name.padEnd(6, '-')).toString('hex').slice(0, 12);
  return `327216e4-de65-4828-96bd-${hex}`;
}

/** A line of shell that writes the status file of a guest as libvirt does: it is never half there. null: removes it. */
export function statusScript(host: Host, guest: Guest, status: Status | null): string {
  const file = quote(`/run/lab/${host}/run/libvirt/qemu/${guest.name}.xml`);
  if (status === null) return `rm -f ${file}`;
  const text = `<domstatus ${status.attributes} pid='1'>${status.job}${guestXml(guest)}</domstatus>`;
  return `printf %s ${quote(text)} >${file}.new; mv ${file}.new ${file}`;
}

/** Writes or removes the status file of a guest. */
export async function writeStatus(
  kernel: Kernel,
  host: Host,
  guest: Guest,
  status: Status | null,
): Promise<void> {
  await succeed(kernel, statusScript(host, guest, status));
}

export type Phase =
  | 'migrate begin'
  | 'prepare begin'
  | 'start begin'
  | 'started begin'
  | 'stopped end'
  | 'release end'
  | 'reconnect begin';

/** Calls the qemu hook of a host as libvirt does. `before` stands before the command, as SPIED of spy.ts. */
export function callHook(
  kernel: Kernel,
  host: Host,
  guest: Guest,
  phase: Phase,
  before = '',
): Promise<RunResult> {
  // libvirt no longer knows the tap's name when the guest has stopped.
  const knows =
    guest.hasFixedName === true ||
    phase === 'start begin' ||
    phase === 'started begin' ||
    phase === 'reconnect begin';
  const xml = guestXml(knows ? guest : { ...guest, dev: null });
  return on(kernel, host, `cd /; exec ${before} ${HOOKS}/qemu ${quote(guest.name)} ${phase} -`, {
    stdin: xml,
  });
}
