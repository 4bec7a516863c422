import type { NetworkFiles } from '../network_files';
import { parseSections, valueOf } from '../sections';
import { parseProfile, type Profile } from './profile';

/** Where profiles are, the one that counts first. Source: NetworkManager.conf(5), keyfile plugin. */
const FOLDERS = [
  '/run/NetworkManager/system-connections',
  '/etc/NetworkManager/system-connections',
  '/usr/lib/NetworkManager/system-connections',
];

/** What NetworkManager does with an interface. */
export interface NmDevice {
  /** The profile in use; null: its file could not be found or read. */
  readonly profile: Profile | null;
  readonly uuid: string | null;
  /** NetworkManager made the interface itself. */
  readonly isOwn: boolean;
}

export interface NmFiles {
  readonly devices: ReadonlyMap<string, NmDevice>;
  /** Profiles that are there, but only root may read. */
  readonly unreadable: readonly string[];
}

/**
 * What NetworkManager has in use for these interfaces, from the state that it keeps of each. It asks no process. Source:
 * nm_config_device_state_write() in nm-config.c.
 *
 * @param isRunning whether the service runs: the state outlives it
 */
export function readNmFiles(io: NetworkFiles, names: readonly string[], isRunning: boolean): NmFiles {
  const devices = new Map<string, NmDevice>();
  const unreadable: string[] = [];
  if (!isRunning) return { devices, unreadable };
  let profiles: Profile[] | null = null;
  for (const name of names) {
    const index = io.text(`/sys/class/net/${name}/ifindex`)?.trim();
    const state = io.text(`/run/NetworkManager/devices/${index ?? ''}`);
    if (index === undefined || state === null) continue;
    const value = (key: string): string | null => valueOf(parseSections(state), 'device', key);
    const uuid = value('connection-uuid');
    if (value('managed') !== 'true' || uuid === null) continue;
    profiles ??= readProfiles(io, unreadable);
    const profile =
      profiles.find((each) => each.uuid === uuid) ??
      // NetworkManager makes up a uuid for netplan's, which have none.
      profiles.find((each) => each.uuid === null && each.interfaceName === name) ??
      null;
    devices.set(name, { profile, uuid, isOwn: value('nm-owned') === 'true' });
  }
  return { devices, unreadable };
}

function readProfiles(io: NetworkFiles, unreadable: string[]): Profile[] {
  const seen = new Set<string>();
  return FOLDERS.flatMap((folder) =>
    [...(io.names(folder) ?? [])].sort().flatMap((name) => {
      // Without the extension it is one in /etc only, from before NetworkManager 1.20.
      if (name.startsWith('.') || name.endsWith('~') || seen.has(name)) return [];
      seen.add(name);
      const text = io.text(`${folder}/${name}`);
      if (text === null) unreadable.push(`${folder}/${name}`);
      return text === null ? [] : [parseProfile(text, `${folder}/${name}`)];
    }),
  );
}
