import type { DomainInterface } from './domain';

/** The types for which libvirt makes a tap, or uses one that is there. Source: libvirt qemu_process.c. */
const WITH_TAP = ['bridge', 'network', 'ethernet'];

/** Whether an interface has a tap on this host. libvirt keeps a `<target dev>` for the other types too. */
export function hasTap({ type }: Pick<DomainInterface, 'type'>): boolean {
  return WITH_TAP.includes(type);
}
