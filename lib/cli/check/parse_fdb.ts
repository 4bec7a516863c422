import type { FdbEntry } from './facts';

interface EntryJson {
  readonly mac?: string;
  readonly ifname?: string;
  readonly vlan?: number;
  readonly master?: string;
  readonly state?: string;
  readonly flags?: readonly string[];
}

/** What the kernel calls the states of entries that it learned. Source: iproute2 bridge/fdb.c state_n2a(). */
const LEARNED = ['', 'stale'];

/**
 * The entries of bridges in the output of `bridge -j fdb show`, without those of the interfaces themselves. A program that
 * learns for the bridge, such as a routing daemon for EVPN, sets the flag `extern_learn`.
 */
export function parseFdb(output: string): FdbEntry[] | null {
  try {
    const entries = JSON.parse(output.trim() === '' ? '[]' : output) as EntryJson[];
    return entries.flatMap(({ mac, ifname, vlan, master, state = '', flags = [] }) =>
      mac === undefined || ifname === undefined || master === undefined
        ? []
        : [
            {
              mac: mac.toLowerCase(),
              port: ifname,
              vid: vlan ?? null,
              isLearned: LEARNED.includes(state) && !flags.includes('extern_learn'),
            },
          ],
    );
  } catch {
    return null;
  }
}
