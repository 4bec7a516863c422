import { parseIp, type IpAddress } from '../../model/address/ip_address';
import { parseMac } from '../../model/address/mac';
import type { HostIo } from '../../model/io';
import type { NetLink } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import { announcementFrames } from '../../model/routes/announcement';
import type { Announcement } from '../../plan/routes/route_step';
import { sendFrames } from '../../system/announce/send_frames';
import { notAnnounced } from './announce_problems';

/** Announces addresses once on their uplinks. Resolves to a problem for each uplink where that failed. */
export async function announce(
  { exec }: Pick<HostIo, 'exec'>,
  announcements: readonly Announcement[],
  links: ReadonlyMap<string, NetLink>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const uplink of new Set(announcements.map((each) => each.uplink))) {
    const addresses = announcements.filter((each) => each.uplink === uplink).map(({ address }) => address);
    const link = links.get(uplink);
    const mac = link?.type === 'ether' ? parseMac(link.mac) : null;
    const why =
      link === undefined
        ? 'it does not exist'
        : mac === null
          ? 'it is not an Ethernet interface'
          : await sendFrames(exec, link.index, framesOf(addresses, mac, linkLocal(link)));
    if (why !== null) problems.push(notAnnounced(addresses, uplink, why));
  }
  return problems;
}

function framesOf(
  addresses: readonly IpAddress[],
  mac: readonly number[],
  ofLink: IpAddress | null,
): Uint8Array[] {
  return addresses.flatMap((address) => announcementFrames({ mac, address, linkLocal: ofLink }));
}

/** A link-local address of the interface that it may send from; null: it has none. */
function linkLocal({ addresses }: NetLink): IpAddress | null {
  const found = addresses.find(
    ({ family, scope, isUnusable }) => family === 6 && scope === 'link' && !isUnusable,
  );
  return parseIp(found?.address.split('/')[0] ?? '');
}
