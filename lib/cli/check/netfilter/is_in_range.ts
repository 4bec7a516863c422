import { BlockList, isIP } from 'node:net';

/** Whether an address is between two others; null: they are no addresses of its family. */
export function isInRange(address: string, first: string, last: string): boolean | null {
  const family = isIP(address);
  if (isIP(first) !== family || isIP(last) !== family) return null;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addRange(first, last, name);
  return list.check(address, name);
}
