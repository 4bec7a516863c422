import type { NetworkFiles } from '../network_files';
import { valueOf } from '../sections';
import { parseLinkState } from './link_state';
import { readUnits, type Unit } from './units';

/** The files that systemd-networkd uses. */
export interface NetworkdFiles {
  /** All .network files, in the order in which they are tried. */
  readonly networks: readonly Unit[];
  /** By interface: the file in effect; null: networkd manages the interface, but its file cannot be read. */
  readonly links: ReadonlyMap<string, Unit | null>;
  /** The .netdev files of the bridges that it created. */
  readonly netdevs: ReadonlyMap<string, Unit>;
  /** Whether its state files show that it is systemd 257 or later. */
  readonly isRecent: boolean;
}

/**
 * Reads the files of systemd-networkd and its state of these interfaces. It starts no process.
 *
 * @param isRunning whether the service runs: if not, its files have no effect
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
    if (state.isManaged) links.set(name, inEffect(networks, state.networkFile));
  }
  const netdevs = new Map<string, Unit>();
  for (const unit of readUnits(io, '.netdev')) {
    const name = valueOf(unit.sections, 'NetDev', 'Name');
    if (name !== null && valueOf(unit.sections, 'NetDev', 'Kind') === 'bridge' && !netdevs.has(name))
      netdevs.set(name, unit);
  }
  return { networks, links, netdevs, isRecent };
}

/** A file that has moved to another folder since it was read, as from /run to /etc, is still the one in effect. */
function inEffect(networks: readonly Unit[], file: string | null): Unit | null {
  if (file === null) return null;
  const name = file.slice(file.lastIndexOf('/') + 1);
  return networks.find((unit) => unit.file === file) ?? networks.find((unit) => unit.name === name) ?? null;
}
