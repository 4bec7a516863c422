import {
  contains,
  equalIp,
  formatIp,
  networkOf,
  parseIp,
  type IpAddress,
} from '../../model/address/ip_address';
import { formatMac, parseMac } from '../../model/address/mac';
import type { Exec } from '../../model/io';
import type { NetLink } from '../../model/network/host_network';
import { probeFrames, readClaim } from '../../model/routes/probe';
import { exchangeFrames } from './exchange_frames';

/** The MAC addresses of the machines that have addresses, by the address as text; or why nobody could be asked. */
export type Answers =
  | { readonly macs: ReadonlyMap<string, string>; readonly why: null }
  | { readonly macs: null; readonly why: string };

/** Seconds that a machine may take to answer each of two questions. */
const WAIT = 0.2;

/**
 * Asks on an interface which of these addresses other machines have.
 *
 * @param own the MAC addresses of this host: their answers do not count
 * @param wait seconds for each of two questions
 */
export async function whoAnswers(
  exec: Exec,
  link: NetLink,
  addresses: readonly IpAddress[],
  own: ReadonlySet<string>,
  wait = WAIT,
): Promise<Answers> {
  const mac = link.type === 'ether' ? parseMac(link.mac) : null;
  if (mac === null) return { macs: null, why: 'it is not an Ethernet interface' };
  if (!link.hasCarrier) return { macs: null, why: 'it has no carrier' };
  const frames = addresses.flatMap((address) => probeFrames(mac, address, askerOf(link, address)));
  const { heard, why } = await exchangeFrames(exec, link.index, frames, wait);
  if (heard === null) return { macs: null, why };
  const macs = new Map<string, string>();
  for (const claim of heard.map(readClaim)) {
    if (claim === null || !addresses.some((address) => equalIp(address, claim.address))) continue;
    const from = formatMac(claim.mac);
    if (!own.has(from)) macs.set(formatIp(claim.address), from);
  }
  return { macs, why: null };
}

/** The interface's IPv4 address, from the network of the asked one if there is such; null: it has none. */
function askerOf({ addresses }: NetLink, asked: IpAddress): IpAddress | null {
  const usable = addresses.filter(({ family, isUnusable }) => family === 4 && !isUnusable);
  const isNear = (text: string): boolean => {
    const network = networkOf(text);
    return network !== null && contains(network, asked);
  };
  const found = usable.find(({ address }) => isNear(address)) ?? usable[0];
  return parseIp(found?.address.split('/')[0] ?? '');
}
