import { getValue, type Keyfile } from './keyfile';

/** The method of a family; NetworkManager takes `auto` if the profile does not set one. */
export function methodOf(keyfile: Keyfile, section: 'ipv4' | 'ipv6'): string {
  return getValue(keyfile, section, 'method') ?? 'auto';
}
