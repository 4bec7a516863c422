import type { HostNetwork } from './host_network';

/** Which interface takes over from which: for a bridge that is created from its port, for one that is removed to it. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** VLAN interfaces that keep their names and addresses. */
  readonly vlans: readonly string[];
}

/** The name of an interface after the move. */
export function movedName({ from, to }: Move, dev: string): string {
  return dev === from ? to : dev;
}

/** Whether the move concerns an interface. */
export function isMoved({ from, vlans }: Move, dev: string): boolean {
  return dev === from || vlans.includes(dev);
}

/** A link-local address with its interface, `fe80::1%eth0`, after the move. Others stay as they are. */
export function movedZone(move: Move, address: string): string {
  const [plain = '', zone] = address.split('%');
  return zone === undefined ? plain : `${plain}%${movedName(move, zone)}`;
}

/** The same address with the interface's name, where it has the interface's number: `fe80::1%2`. */
export function withZoneName(address: string, { links }: HostNetwork): string {
  const [plain = '', zone] = address.split('%');
  if (zone === undefined) return plain;
  const found = [...links.values()].find(({ index }) => String(index) === zone);
  return `${plain}%${found?.name ?? zone}`;
}
