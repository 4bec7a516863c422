import type { Domain } from '../../model/guest/domain';
import { parseDomain } from '../../model/guest/parse_domain';
import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import type { Guest } from '../../model/match/match_ports';
import type { RoutedGuest } from '../../model/match/match_routes';
import type { Problem } from '../../model/problem';
import type { UnreadGuest } from '../../model/guest/unread_guest';
import { FOR_ROOT_ONLY, guestUnread, type GuestProblem } from './guest_problems';

/** Where libvirt keeps the state of each running guest: readable without calling libvirt (qemu_domain.c). */
export const STATUS_FOLDER = '/run/libvirt/qemu';

/** Where libvirt keeps the definitions of guests (qemu_conf.c, configDir). */
export const DEFINED_FOLDER = '/etc/libvirt/qemu';

/** The maximum length of a status file in characters. Usually it has some ten thousand. */
export const MAX_STATUS_LENGTH = 8 * 1024 * 1024;

export interface ReadGuests {
  readonly domains: readonly Domain[];
  /** Guests that cannot be read, and problems that prevent reading any guest. */
  readonly problems: readonly (Problem | GuestProblem)[];
  /** What is known about guests that cannot be read. */
  readonly unread: readonly UnreadGuest[];
}

/**
 * Every running guest of the host, from libvirt's status files, without disks. A failure with one file is a problem
 * of that guest only; the others are read.
 */
export function readRunningGuests(io: Pick<HostIo, 'readFolder' | 'readText'>): ReadGuests {
  return readGuestsIn(STATUS_FOLDER, io);
}

/** The same for every guest that is defined on the host, whether it runs or not. */
export function readDefinedGuests(io: Pick<HostIo, 'readFolder' | 'readText'>): ReadGuests {
  return readGuestsIn(DEFINED_FOLDER, io);
}

function readGuestsIn(folder: string, io: Pick<HostIo, 'readFolder' | 'readText'>): ReadGuests {
  const domains: Domain[] = [];
  const problems: (Problem | GuestProblem)[] = [];
  const unread: UnreadGuest[] = [];
  for (const name of io.readFolder(folder)) {
    if (!name.endsWith('.xml')) continue;
    const file = `${folder}/${name}`;
    let text: string | null = null;
    try {
      text = io.readText(file);
      // null: the guest has stopped in the meantime.
      if (text !== null) domains.push(parseGuest(text));
    } catch (error) {
      const guest = name.slice(0, -'.xml'.length);
      const problem = guestUnread(guest, file, error);
      if (!problems.includes(problem)) problems.push(problem);
      if (problem !== FOR_ROOT_ONLY) unread.push({ guest, text });
    }
  }
  return { domains, problems, unread };
}

/** One running guest by its name; null: it does not run. Throws KnownError if its file cannot be read. */
export function readRunningGuest(name: string, io: Pick<HostIo, 'readText'>): Domain | null {
  requireGuestName(name, 'Use the name of a guest.');
  const text = io.readText(`${STATUS_FOLDER}/${name}.xml`);
  return text === null ? null : parseGuest(text);
}

/** Throws KnownError with the hint if a name could not be that of a guest, and its path would lead elsewhere. */
export function requireGuestName(name: string, hint: string): void {
  if (/[/\0]/.test(name) || name === '')
    throw new KnownError(`${JSON.stringify(name)} cannot be the name of a guest`, hint, Exit.usage);
}

function parseGuest(xml: string): Domain {
  if (xml.length > MAX_STATUS_LENGTH)
    throw new KnownError(
      `it is longer than ${MAX_STATUS_LENGTH} characters`,
      "Check the guest's metadata with `virsh dumpxml`: so much is a mistake.",
    );
  return parseDomain(xml, { withoutDisks: true });
}

/** Converts a domain to the guest type of the matcher of ports. */
export function toGuest({ name, uuid, interfaces, metadata, metadataProblem }: Domain): Guest {
  return { name, uuid, interfaces, metadata, metadataProblem };
}

/** Converts a domain to the guest type of the matcher of routes. */
export function toRoutedGuest({ name, uuid, interfaces, nics, nicsProblem }: Domain): RoutedGuest {
  return { name, uuid, interfaces, nics, nicsProblem };
}
