import type { Kernel } from './kernel';
import { succeed } from './succeed';

/** A guest that asks for an address again and again. */
export interface DhcpGuest {
  tap: string;
  mac: string;
  /** The tag of its frames; none: untagged. */
  vid?: number;
  /** 4 unless given. */
  family?: 4 | 6;
  /** false: it does not ask for what it is offered. */
  takes?: boolean;
}

/** A server that offers everybody the same address. */
export interface DhcpServer {
  dev: string;
  /** The tag of its answers, 0 for none; unless given, that of the question. */
  vid?: number;
  /** It refuses the address that it has offered. */
  refuses?: boolean;
}

const STOP = '/run/dhcp-stop';

/** Has guests ask and servers answer while `act` runs. Returns its result, and the addresses that each guest got. */
export async function whileAsking<T>(
  kernel: Kernel,
  guests: readonly DhcpGuest[],
  servers: readonly DhcpServer[],
  act: () => Promise<T>,
): Promise<{ result: T; got: string[][] }> {
  await succeed(kernel, `rm -f ${STOP}`);
  const playing = kernel.run(JSON.stringify({ guests, servers, until: STOP }), { interpreter: 'dhcp' });
  let result: T;
  try {
    result = await act();
  } finally {
    await succeed(kernel, `touch ${STOP}`);
  }
  const { status, stdout, stderr } = await playing;
  if (status !== 0) throw new Error(`DHCP cannot be played:\n${stderr}`);
  return { result, got: JSON.parse(stdout) as string[][] };
}
