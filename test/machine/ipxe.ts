/**
 * Commands of iPXE, a small network stack that a guest boots in seconds: it answers ARP and pings, speaks TCP over IPv4, and
 * takes any address that it is given.
 */

const GATEWAY = '169.254.0.1';

/** Brings its interface up with an address, and with another MAC address than that of its card if `mac` is given. */
export function ipxeUp(address: string, mac?: string): string[] {
  return [
    ...(mac === undefined ? [] : [`set net0/mac ${mac}`]),
    `set net0/ip ${address}`,
    // iPXE takes any gateway, but with a longer mask every frame is a broadcast.
    'set net0/netmask 255.255.255.252',
    `set net0/gateway ${GATEWAY}`,
    'ifopen net0',
  ];
}

/** Connects to a TCP port, and goes on when nobody answers. */
export const ipxeConnect = (host: string, port: number): string => `chain http://${host}:${port}/`;

/** Goes on answering. */
export const IPXE_STAY = 'sleep 100000';
