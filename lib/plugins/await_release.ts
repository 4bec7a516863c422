import { equalIp, formatIp, type IpAddress } from '../model/address/ip_address';
import type { HostIo } from '../model/io';
import type { NetLink } from '../model/network/host_network';
import type { Problem } from '../model/problem';
import type { RoutedTap } from '../plan/routes/routed_tap';
import type { Announcement } from '../plan/routes/route_step';
import { wantedProxies } from '../plan/routes/wanted_routes';
import { whoAnswers } from '../system/announce/who_answers';
import { addressNotReleased } from './route_problems';

type Io = Pick<HostIo, 'exec' | 'now'>;

/** A kernel answers within a millisecond. In seconds, for each of two questions. */
const WAIT = 0.03;
/**
 * The former host lets go as soon as its guest stops, usually before this one notices that it runs. In milliseconds: well
 * below the time for which others wait for the lock, which is held meanwhile.
 */
const MAX_MS = 10_000;

/**
 * Waits until no other host answers for addresses of guests that have just come from there, because routers must never
 * find two. A host that does not let go loses them: the guest runs here. Nobody is asked where conf says `probe = no`. The
 * time begins now, however often the result is called.
 */
export function awaitRelease(
  taps: readonly RoutedTap[],
  io: Io,
): (claims: readonly Announcement[], links: ReadonlyMap<string, NetLink>) => Promise<readonly Problem[]> {
  const end = io.now() + MAX_MS;
  return async (claims, links) => {
    const asked = taps
      .filter(({ wish, hasArrived }) => wish.probes && hasArrived)
      .flatMap((tap) => wantedProxies(tap).map((proxy) => ({ tap, ...proxy })))
      .filter(({ address, dev }) =>
        claims.some((claim) => claim.uplink === dev && equalIp(claim.address, address)),
      );
    const own = new Set([...links.values()].map(({ mac }) => mac));
    const problems: Problem[] = [];
    for (const uplink of new Set(asked.map(({ dev }) => dev))) {
      const link = links.get(uplink);
      if (link === undefined) continue;
      const here = asked.filter(({ dev }) => dev === uplink);
      const addresses = here.map(({ address }) => address);
      const macs = await stillAnswered(link, addresses, own, end, io);
      for (const { tap, address } of here) {
        const mac = macs.get(formatIp(address));
        if (mac !== undefined) problems.push(addressNotReleased(tap, { address, uplink, mac }));
      }
    }
    return problems;
  };
}

/** The MAC addresses that answer at the end, by address. None also if nobody can be asked: the announcement will say so. */
async function stillAnswered(
  link: NetLink,
  addresses: readonly IpAddress[],
  own: ReadonlySet<string>,
  end: number,
  { exec, now }: Io,
): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const macs = (await whoAnswers(exec, link, addresses, own, WAIT)).macs ?? new Map<string, string>();
    if (macs.size === 0 || now() >= end) return macs;
  }
}
