import type { Kernel } from '../kernel';
import { doOn, type Host } from './lab';

const SHOW = ['-4', '-6'].flatMap((family) =>
  ['route show table all', 'neigh show proxy', 'neigh show nud permanent', 'rule show'].map(
    (what) => `ip -N -j ${family} ${what}; echo`,
  ),
);

interface Entry {
  readonly kind: string;
  readonly protocol?: string;
  readonly dst?: string;
  readonly dev?: string;
  readonly table?: string;
  readonly gateway?: string;
  readonly type?: string;
  readonly iif?: string;
  /** It is there or not. */
  readonly iif_detached?: null;
}

async function entries(kernel: Kernel, host: Host): Promise<Entry[]> {
  const lines = (await doOn(kernel, host, SHOW.join('\n'))).split('\n').filter((line) => line !== '');
  const kinds = ['route', 'proxy', 'neighbour', 'rule'];
  return lines.flatMap((line, place) =>
    (JSON.parse(line) as Omit<Entry, 'kind'>[]).map((entry) => ({ kind: kinds[place % 4] ?? '', ...entry })),
  );
}

/** What guest_routes has made on a host, as it can be found again: routes, rules and proxy entries of protocol 107. */
export async function ours(kernel: Kernel, host: Host): Promise<string[]> {
  const all = await entries(kernel, host);
  return all
    .filter(({ protocol }) => protocol === '107')
    .map(({ kind, dst, dev, table, gateway, iif, iif_detached: detached, type }) => {
      const inTable = table === undefined ? null : `table ${table}`;
      const words =
        kind === 'rule'
          ? [`iif ${iif ?? ''}`, detached === undefined ? null : 'detached', inTable]
          : [dst, gateway === undefined ? null : `via ${gateway}`, dev, inTable, type];
      return [kind, ...words.filter((word) => typeof word === 'string')].join(' ');
    })
    .sort();
}

/** Everything else, except what the kernel or libvirt makes with a guest's tap. */
export async function foreign(kernel: Kernel, host: Host): Promise<string[]> {
  const all = await entries(kernel, host);
  return all
    .filter(({ protocol, dev }) => protocol !== '107' && !(dev?.startsWith('vnet') ?? false))
    .map((entry) => JSON.stringify(entry))
    .sort();
}

/** What others have made on a host, in the places where guest_routes works. */
export async function addForeign(kernel: Kernel, host: Host): Promise<void> {
  await doOn(
    kernel,
    host,
    `ip link add red type veth peer name red-end
     ip link set red up; ip link set red-end up; ip addr add 198.51.100.1/32 dev red
     ip route add 198.51.100.0/25 dev red proto static
     ip route add 198.51.100.200/32 dev red table 500
     ip route add unreachable 192.0.2.0/24 metric 4278198272
     ip -6 route add 2001:db8:1::/64 dev red proto static
     ip rule add from all iif red lookup 500
     ip -6 rule add from all iif red lookup 500 protocol static
     ip rule add iif gone lookup 501
     ip neigh add proxy 203.0.113.77 dev eth0
     ip -6 neigh add proxy 2001:db8::77 dev eth0 protocol static
     ip neigh add proxy 203.0.113.78 dev red
     ip neigh add 203.0.113.79 lladdr 52:54:00:00:00:79 dev eth0 nud permanent`,
  );
}

/** All of it, with addresses and the settings that guest_routes changes: to see that nothing has changed. */
export async function everything(kernel: Kernel, host: Host): Promise<string> {
  const tap = '/proc/sys/net/*/conf/vnet0';
  const settings = `grep . ${tap}/forwarding ${tap}/proxy_arp ${tap}/accept_ra 2>/dev/null || true`;
  return doOn(kernel, host, `ip -N -o addr; ${SHOW.join('\n')}\n${settings}`);
}
