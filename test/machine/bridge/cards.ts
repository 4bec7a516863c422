import type { Wire } from '../start_qemu';

/** The network card of the host. Managers see an ordinary one on the PCI bus, with a permanent MAC address. */
export const NIC = 'ens3';
/** Another one, which is plugged in only where both are ports of a bond. */
export const SECOND_NIC = 'ens5';

export const WIRES: readonly Wire[] = [
  { slot: 3, near: '52:54:00:00:00:03', far: '52:54:00:00:00:04' },
  { slot: 5, near: '52:54:00:00:00:05', far: '52:54:00:00:00:06' },
];

/** The bridge that is created. */
export const BRIDGE = 'br0';
