import type { NetworkFiles } from '../network_files';
import { parseSections, valueOf } from '../sections';
import { parseProfile, type Profile } from './profile';

/** The folders of profiles, by precedence. Source: NetworkManager.conf(5), keyfile plugin. */
const FOLDERS = [
  '/run/NetworkManager/system-connections',
  '/etc/NetworkManager/system-connections',
  '/usr/lib/NetworkManager/system-connections',
];

/** NetworkManager's state of an interface. */
export interface NmDevice {
  /** The profile in use; null: its file could not be found or read. */
  readonly profile: Profile | null;
  readonly uuid: string | null;
  /** NetworkManager created the interface. */
  readonly isOwn: boolean;
}

export interface NmFiles {
  readonly devices: ReadonlyMap<string, NmDevice>;
  /** Existing profiles that only root may read. */
  readonly unreadable: readonly string[];
}

/**
 * The profiles that NetworkManager uses for these interfaces, from its state files. It starts no process. Source:
 * nm_config_device_state_write() in nm-config.c.
 *
 * @param isRunning whether the service runs: the state files remain after it has stopped
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
      // Profiles of netplan have no uuid, so NetworkManager generates one.
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
      // A file without the extension is a profile only in /etc, from before NetworkManager 1.20.
      if (name.startsWith('.') || name.endsWith('~') || seen.has(name)) return [];
      seen.add(name);
      const text = io.text(`${folder}/${name}`);
      if (text === null) unreadable.push(`${folder}/${name}`);
      return text === null ? [] : [parseProfile(text, `${folder}/${name}`)];
    }),
  );
}
