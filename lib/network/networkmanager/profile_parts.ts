import { createHash } from 'node:crypto';
import type { BridgeRequest } from '../backend';
import { getValue, keyOf, type Keyfile, sectionsOf } from './keyfile';

/** The sections about addresses, which the bridge takes over. All others are about the link, and stay with the port. */
export const OF_BRIDGE = ['ipv4', 'ipv6', 'proxy', 'hostname', 'user'];

/** What NetworkManager notes for itself. */
export const NOTES = ['', '.nmmeta'];

/** Keys of [connection] that say which profile this is; each new profile has its own. */
export const OF_PROFILE = [
  ...['id', 'uuid', 'type', 'interface-name', 'timestamp', 'multi-connect', 'autoconnect'],
  'autoconnect-priority',
  ...['master', 'slave-type', 'controller', 'port-type', 'autoconnect-slaves', 'autoconnect-ports'],
];

/** Keys of [connection] about the link. */
export const OF_PORT = ['lldp', 'auth-retries', 'wait-device-timeout', 'permissions', 'stable-id'];

/** Keys of [connection] that both profiles need. */
export const OF_BOTH = ['permissions', 'stable-id'];

/** Whether a key of [connection] moves to the bridge, or is needed there too. */
export function isForBridge(key: string): boolean {
  return !OF_PORT.includes(key) || OF_BOTH.includes(key);
}

/** The MTU of the profile, or one that DHCP has set; null: the usual one. */
export function mtuOf(old: Keyfile, { port }: BridgeRequest): string | null {
  const mtu = getValue(old, 'ethernet', 'mtu');
  if (mtu !== null && !['0', 'auto', ''].includes(mtu)) return mtu;
  return port.mtu === 1500 ? mtu : String(port.mtu);
}

/** The lines of a section with wanted keys. */
export function linesOf(keyfile: Keyfile, name: string, wanted: (key: string) => boolean): string[] {
  return sectionsOf(keyfile, name).flatMap(({ lines }) =>
    lines.filter((line) => {
      const key = keyOf(line);
      return key !== null && wanted(key);
    }),
  );
}

/** The same profiles have the same UUID each time: RFC 4122, version 5. */
export function uuidFor(...names: readonly string[]): string {
  const hex = createHash('sha1')
    .update(['kvmvlan', ...names].join(' '))
    .digest('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}
