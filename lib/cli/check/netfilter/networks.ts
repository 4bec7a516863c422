import { BlockList, isIP } from 'node:net';

/** Whether an address is in `192.0.2.0/24`, or is `192.0.2.1`; null: that is neither, or of the other family. */
export function isInNetwork(address: string, network: string): boolean | null {
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const [base = '', length = String(bits)] = network.split('/');
  // iptables prints a mask that is not a prefix as an address.
  if (isIP(base) !== family || !/^\d+$/.test(length) || Number(length) > bits) return null;
  const list = new BlockList();
  list.addSubnet(base, Number(length), nameOf(family));
  return list.check(address, nameOf(family));
}

/** Whether an address is between two others; null: they are no addresses of its family. */
export function isInRange(address: string, first: string, last: string): boolean | null {
  const family = isIP(address);
  if (isIP(first) !== family || isIP(last) !== family) return null;
  const list = new BlockList();
  list.addRange(first, last, nameOf(family));
  return list.check(address, nameOf(family));
}

function nameOf(family: number): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6';
}
