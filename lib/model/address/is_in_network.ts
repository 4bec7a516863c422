import { contains, networkOf, parseIp } from './ip_address';

/** Whether an address is in `192.0.2.0/24`, or is `192.0.2.1`; null: that is neither, or of the other family. */
export function isInNetwork(address: string, network: string): boolean | null {
  const ip = parseIp(address);
  if (ip === null) return null;
  // iptables prints a mask that is not a prefix as an address.
  const prefix = networkOf(network.includes('/') ? network : `${network}/${ip.bytes.length * 8}`);
  return prefix?.address.family === ip.family ? contains(prefix, ip) : null;
}
