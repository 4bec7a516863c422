import { parseIp, parsePrefix } from '../../../../lib/model/address/ip_address';
import type { IpAddress, IpPrefix } from '../../../../lib/model/address/ip_address';

export function ip(text: string): IpAddress {
  return found(parseIp(text), text);
}

export function prefix(text: string): IpPrefix {
  return found(parsePrefix(text), text);
}

function found<T>(parsed: T | null, text: string): T {
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
}
