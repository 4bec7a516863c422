import type { Kernel } from '../kernel';
import { inBackground } from './background';

export interface Pings {
  /** When each was sent, in seconds of the monotonic clock. */
  readonly sent: readonly number[];
  /** By address, the numbers of the answered ones. */
  readonly answered: Readonly<Record<string, readonly number[]>>;
}

/** Begins to ping addresses from a namespace, ten times a second. */
export async function beginPings(
  kernel: Kernel,
  from: string,
  addresses: readonly string[],
  count: number,
): Promise<() => Promise<Pings>> {
  const pinger = await inBackground(kernel, from, 'pinger', [String(count), ...addresses]);
  return async () => (await pinger.result()) as Pings;
}

/** Which of the addresses answer. */
export async function whoAnswers(
  kernel: Kernel,
  from: string,
  addresses: readonly string[],
): Promise<string[]> {
  const end = await beginPings(kernel, from, addresses, 3);
  const { answered } = await end();
  return addresses.filter((address) => (answered[address] ?? []).length > 0);
}
