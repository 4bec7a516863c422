import type { Domain } from '../../model/guest/domain';
import { parseDomain } from '../../model/guest/parse_domain';
import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import type { Guest } from '../../model/match/match_ports';
import type { Problem } from '../../model/problem';
import type { UnreadGuest } from '../../model/guest/unread_guest';

/** Where libvirt keeps the live state of each running guest: readable without calling it (qemu_domain.c). */
export const STATUS_FOLDER = '/run/libvirt/qemu';

/** Maximum length of a status file in characters. Usual ones have some ten thousand. */
export const MAX_STATUS_LENGTH = 8 * 1024 * 1024;

/** Said once, however many guests there are. */
const FOR_ROOT_ONLY: Problem = {
  level: 'error',
  code: 'guests-for-root-only',
  message: 'guests cannot be read without root.',
  hint: 'Run it by sudo.',
};

/** What there is to say of an error that came of reading guests. */
export function guestsProblem(error: KnownError, otherwise: Pick<Problem, 'message' | 'hint'>): Problem {
  return error.reason === 'access-denied'
    ? FOR_ROOT_ONLY
    : { level: 'error', code: 'not-readable', ...otherwise };
}

/** A running guest that cannot be read: which ports it has is not known. */
export interface GuestProblem extends Problem {
  readonly guest: string;
  /** Its status file. */
  readonly file: string;
  /** `not-readable`: the file or its content is wrong. `bug`: kvmvlan itself failed. */
  readonly code: 'not-readable' | 'bug';
}

export interface RunningGuests {
  readonly domains: readonly Domain[];
  /** Guests that cannot be read, and whatever prevents reading any of them. */
  readonly problems: readonly (Problem | GuestProblem)[];
  /** What is known of guests that cannot be read. */
  readonly unread: readonly UnreadGuest[];
}

/**
 * Every running guest of the host, from libvirt's status files. Any failure with one of them is a problem of that guest
 * only; the others are read. Their disks are left out.
 */
export function readRunningGuests(io: Pick<HostIo, 'readFolder' | 'readText'>): RunningGuests {
  const domains: Domain[] = [];
  const problems: (Problem | GuestProblem)[] = [];
  const unread: UnreadGuest[] = [];
  for (const name of io.readFolder(STATUS_FOLDER)) {
    if (!name.endsWith('.xml')) continue;
    const file = `${STATUS_FOLDER}/${name}`;
    let text: string | null = null;
    try {
      text = io.readText(file);
      // A guest that stopped in between.
      if (text !== null) domains.push(parseStatus(text));
    } catch (error) {
      const guest = name.slice(0, -'.xml'.length);
      const problem = guestProblem(guest, file, error);
      if (!problems.includes(problem)) problems.push(problem);
      if (problem !== FOR_ROOT_ONLY) unread.push({ guest, text });
    }
  }
  return { domains, problems, unread };
}

/** One running guest by its name; null where it does not run. Throws KnownError where its file cannot be read. */
export function readRunningGuest(name: string, io: Pick<HostIo, 'readText'>): Domain | null {
  if (/[/\0]/.test(name) || name === '') {
    throw new KnownError(
      `no guest can be called ${JSON.stringify(name)}`,
      "Give the guest's name.",
      Exit.usage,
    );
  }
  const text = io.readText(`${STATUS_FOLDER}/${name}.xml`);
  return text === null ? null : parseStatus(text);
}

function parseStatus(xml: string): Domain {
  if (xml.length > MAX_STATUS_LENGTH)
    throw new KnownError(
      `it is longer than ${MAX_STATUS_LENGTH} characters`,
      'Look at its metadata with `virsh dumpxml`: that much is a mistake.',
    );
  return parseDomain(xml, { withoutDisks: true });
}

/** For any error: even a RangeError from V8 with one guest's file must not stop the others from getting their VLANs. */
function guestProblem(guest: string, file: string, error: unknown): Problem | GuestProblem {
  const isKnown = error instanceof KnownError;
  const why = error instanceof Error ? error.message : String(error);
  const message = isKnown
    ? `${file}: ${why}.`
    : `${file}: guest ${guest} cannot be read: a bug of kvmvlan: ${why}.`;
  const hint = isKnown ? 'The other guests are done; try again.' : 'The other guests are done; report this.';
  const problem = isKnown
    ? guestsProblem(error, { message, hint })
    : ({ level: 'error', code: 'bug', message, hint } as const);
  return problem === FOR_ROOT_ONLY ? problem : { ...problem, guest, file };
}

/** A guest as the matcher wants it. */
export function toGuest({ name, uuid, interfaces, metadata, metadataProblem }: Domain): Guest {
  return { name, uuid, interfaces, metadata, metadataProblem };
}
