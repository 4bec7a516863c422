import { createSocket } from 'node:dgram';

/** The discard port (RFC 863): nothing listens there, and nothing needs to. */
const DISCARD = 9;

/** Sends one datagram to a neighbour, so that the kernel resolves its MAC address. Never fails. */
export function nudge(address: string, dev: string): Promise<void> {
  const isV6 = address.includes(':');
  const target = address.startsWith('fe80:') ? `${address}%${dev}` : address;
  return new Promise((resolve) => {
    const socket = createSocket(isV6 ? 'udp6' : 'udp4');
    const done = (): void => {
      socket.removeAllListeners().on('error', () => undefined);
      socket.close();
      resolve();
    };
    socket.on('error', done);
    socket.send('', DISCARD, target, done);
  });
}
