import type { NetworkFiles } from '../network_files';
import { valueOf } from '../sections';
import { parseLinkState } from './link_state';
import { readUnits, type Unit } from './units';

/** What systemd-networkd has in use. */
export interface NetworkdFiles {
  /** All .network files, in the order in which they are tried. */
  readonly networks: readonly Unit[];
  /** The one in effect for an interface; null: it manages it without one that can be read. */
  readonly links: ReadonlyMap<string, Unit | null>;
  /** The .netdev files of the bridges that it made. */
  readonly netdevs: ReadonlyMap<string, Unit>;
  /** Whether its state tells that it is systemd 257 or later. */
  readonly isRecent: boolean;
}

/**
 * Reads the files of systemd-networkd and its state of these interfaces. It asks no process.
 *
 * @param isRunning whether the service runs: without it its files mean nothing
 */
export function readNetworkd(
  io: NetworkFiles,
  names: readonly string[],
  isRunning: boolean,
): NetworkdFiles | null {
  if (!isRunning) return null;
  const networks = readUnits(io, '.network');
  const links = new Map<string, Unit | null>();
  let isRecent = false;
  for (const name of names) {
    const index = io.text(`/sys/class/net/${name}/ifindex`)?.trim() ?? '';
    const text = index === '' ? null : io.text(`/run/systemd/netif/links/${index}`);
    if (text === null) continue;
    const state = parseLinkState(text);
    if (state.netdevFile !== null) isRecent = true;
    if (state.isManaged) links.set(name, networks.find(({ file }) => file === state.networkFile) ?? null);
  }
  const netdevs = new Map<string, Unit>();
  for (const unit of readUnits(io, '.netdev')) {
    const name = valueOf(unit.sections, 'NetDev', 'Name');
    if (name !== null && valueOf(unit.sections, 'NetDev', 'Kind') === 'bridge' && !netdevs.has(name))
      netdevs.set(name, unit);
  }
  return { networks, links, netdevs, isRecent };
}
