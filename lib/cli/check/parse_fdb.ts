import type { FdbEntry } from './facts';

interface EntryJson {
  readonly mac?: string;
  readonly ifname?: string;
  readonly vlan?: number;
  readonly master?: string;
  readonly state?: string;
}

/** What the kernel calls the states of entries that it learned. Source: iproute2 bridge/fdb.c state_n2a(). */
const LEARNED = ['', 'stale'];

/** The entries of bridges in the output of `bridge -j fdb show`, without those of the interfaces themselves. */
export function parseFdb(output: string): FdbEntry[] | null {
  try {
    const entries = JSON.parse(output.trim() === '' ? '[]' : output) as EntryJson[];
    return entries.flatMap(({ mac, ifname, vlan, master, state = '' }) =>
      mac === undefined || ifname === undefined || master === undefined
        ? []
        : [{ mac: mac.toLowerCase(), port: ifname, vid: vlan ?? null, isLearned: LEARNED.includes(state) }],
    );
  } catch {
    return null;
  }
}
