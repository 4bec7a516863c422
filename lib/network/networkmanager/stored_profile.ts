import { shellQuote } from '../../text/shell_quote';
import { getValue, type Keyfile, parseKeyfile } from './keyfile';

/** A profile that NetworkManager knows, with its file. */
export interface StoredProfile {
  readonly uuid: string;
  /** The interface that uses it now; null: none. */
  readonly device: string | null;
  readonly file: string;
  /** null: it is not readable. */
  readonly text: string | null;
  readonly keyfile: Keyfile;
}

/** The types of profiles that can be a port: `802-3-ethernet` is an old name. */
export const PORT_TYPES = ['ethernet', '802-3-ethernet', 'bond'];

/** Where NetworkManager keeps profiles until it or the host is restarted; they hide those with the same UUID in /etc. */
export const IN_RUN = '/run/NetworkManager/system-connections';
export const IN_ETC = '/etc/NetworkManager/system-connections';

/** What `profiles` of nmcli needs: see `parseProfileList`. `-e no`, because only the last field can have a colon. */
export const LIST_PROFILES = ['-t', '-e', 'no', '-f', 'UUID,DEVICE,FILENAME', 'connection', 'show'];

export interface ListedProfile {
  readonly uuid: string;
  readonly device: string | null;
  readonly file: string;
}

/** Parses what nmcli prints with LIST_PROFILES. */
export function parseProfileList(stdout: string): ListedProfile[] {
  return stdout.split('\n').flatMap((line) => {
    const [, uuid, device = '', file] = /^([^:]+):([^:]*):(.+)$/.exec(line) ?? [];
    return uuid === undefined || file === undefined ? [] : [{ uuid, device: device || null, file }];
  });
}

/** A profile with the text of its file. */
export function storedProfile(listed: ListedProfile, text: string | null): StoredProfile {
  return { ...listed, text, keyfile: parseKeyfile(text ?? '') };
}

/** The name of a profile for people. */
export function profileId({ uuid, keyfile }: StoredProfile): string {
  return getValue(keyfile, 'connection', 'id') ?? uuid;
}

/** The same for a message or a shell. */
export function quotedId(profile: StoredProfile): string {
  return shellQuote(profileId(profile));
}

/** `ethernet`, `bond`, `vlan` … */
export function typeOf({ keyfile }: StoredProfile): string {
  return getValue(keyfile, 'connection', 'type') ?? '';
}

/** NetworkManager made it for an interface that another program configured. */
export function isExternal(keyfile: Keyfile): boolean {
  return getValue(keyfile, '.nmmeta', 'external') === 'true';
}

/** netplan wrote it. Source: netplan, src/nm.c. */
export function isOfNetplan(file: string): boolean {
  return file.startsWith(`${IN_RUN}/netplan-`);
}

/** Whether NetworkManager reads it as a keyfile, not as a file of an older plugin such as ifcfg-rh. */
export function isKeyfile(file: string): boolean {
  return file.includes('/system-connections/');
}

/** Whether a profile could be activated on an interface by itself. MAC addresses are not compared. */
export function canStartOn(profile: StoredProfile, name: string): boolean {
  const { keyfile } = profile;
  const bound = getValue(keyfile, 'connection', 'interface-name') ?? '';
  const isOff = getValue(keyfile, 'connection', 'autoconnect') === 'false';
  return PORT_TYPES.includes(typeOf(profile)) && !isOff && ['', name].includes(bound);
}

/** Of profiles that could be activated, the one with the highest priority is; 0 unless given. */
export function priorityOf({ keyfile }: StoredProfile): number {
  return Number(getValue(keyfile, 'connection', 'autoconnect-priority') ?? 0) || 0;
}

/** The file in /etc that has the settings of this profile after the next start of NetworkManager. */
export function fileInEtc(file: string): string {
  return `${IN_ETC}/${file.slice(file.lastIndexOf('/') + 1)}`;
}
