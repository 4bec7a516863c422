import { BlockList, isIPv4 } from 'node:net';

/** Whether an IPv4 address is in `192.0.2.0/24`, or is `192.0.2.1`; null: that is neither. */
export function isInNetwork(address: string, network: string): boolean | null {
  const [base = '', length = '32'] = network.split('/');
  // iptables prints a mask that is not a prefix as an address.
  if (!isIPv4(base) || !/^\d+$/.test(length) || Number(length) > 32) return null;
  const list = new BlockList();
  list.addSubnet(base, Number(length));
  return list.check(address);
}

/** Whether an IPv4 address is between two others; null: they are not IPv4 addresses. */
export function isInRange(address: string, first: string, last: string): boolean | null {
  if (!isIPv4(first) || !isIPv4(last)) return null;
  const list = new BlockList();
  list.addRange(first, last);
  return list.check(address);
}
