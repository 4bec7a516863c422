import type { HostIo } from '../../model/io';
import { isUuid } from '../../model/match/is_uuid';

/** Exists as soon as guest_routes has changed anything since boot. The sh header of the dispatchers has this path, too. */
export const ROUTED_FILE = '/run/kvmvlan/routed';

/** Exists as soon as an uplink has had an ARP filter since boot: on other hosts, nobody has to look for one. */
export const UPLINK_FILTERS_FILE = '/run/kvmvlan/uplink-filters';

/**
 * Has a file for each guest that moves to or from this host, named by its UUID. kvmvlan-routes.path runs the follower as
 * long as there is one, so whoever ends its work must remove them.
 */
export const IN_TRANSIT_FOLDER = '/run/kvmvlan/in-transit';

/** Records that guest_routes is about to change something. Throws KnownError. */
export function markRouted(io: Pick<HostIo, 'readText' | 'writeText'>): void {
  if (io.readText(ROUTED_FILE) === null) io.writeText(ROUTED_FILE, '', 0o644);
}

/** Records that an uplink is about to get an ARP filter. Throws KnownError. */
export function markUplinkFilters(io: Pick<HostIo, 'readText' | 'writeText'>): void {
  if (io.readText(UPLINK_FILTERS_FILE) === null) io.writeText(UPLINK_FILTERS_FILE, '', 0o644);
}

/** Records that a guest moves. A guest without a UUID cannot be recorded. Throws KnownError. */
export function markInTransit(uuid: string | null, io: Pick<HostIo, 'readText' | 'writeText'>): void {
  const file = inTransitFile(uuid);
  if (file === null) return;
  // First: the follower runs only where there is something to follow.
  markRouted(io);
  io.writeText(file, '', 0o644);
}

/** The guest has arrived, or left, or its migration has failed. Throws KnownError. */
export function unmarkInTransit(uuid: string | null, io: Pick<HostIo, 'writeText'>): void {
  const file = inTransitFile(uuid);
  if (file !== null) io.writeText(file, null);
}

/** Whether it is recorded that a guest moves. Throws KnownError. */
export function isInTransit(uuid: string | null, io: Pick<HostIo, 'readText'>): boolean {
  const file = inTransitFile(uuid);
  return file !== null && io.readText(file) !== null;
}

/** The UUIDs of the guests that move. Throws KnownError. */
export function guestsInTransit(io: Pick<HostIo, 'readFolder'>): string[] {
  return io.readFolder(IN_TRANSIT_FOLDER).filter(isUuid);
}

/** The marker of a guest; null: it has no UUID. The XML of a call can have any text in its place, also a path. */
function inTransitFile(uuid: string | null): string | null {
  return uuid !== null && isUuid(uuid) ? `${IN_TRANSIT_FOLDER}/${uuid}` : null;
}
