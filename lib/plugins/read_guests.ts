import type { Domain } from '../domain/domain';
import { parseDomain } from '../domain/parse_domain';
import type { Guest } from '../match/match_ports';
import { Exit, KnownError, type Problem } from '../types';
import type { PluginIo } from './plugin';

/** Where libvirt keeps the live state of each running guest: readable without calling it (qemu_domain.c). */
export const STATUS_FOLDER = '/run/libvirt/qemu';

/** Said once, however many guests there are. */
const FOR_ROOT_ONLY: Problem = {
  level: 'error',
  message: 'guests cannot be read without root.',
  hint: 'Run it by sudo.',
};

/** What there is to say of an error that came of reading guests. */
export function guestsProblem(error: KnownError, otherwise: Omit<Problem, 'level'>): Problem {
  return error.message.includes('EACCES') ? FOR_ROOT_ONLY : { level: 'error', ...otherwise };
}

export interface RunningGuests {
  readonly domains: readonly Domain[];
  /** Status files that cannot be read. */
  readonly problems: readonly Problem[];
}

/** Every running guest of the host, from libvirt's status files. Their disks are left out. */
export function readRunningGuests(io: Pick<PluginIo, 'readFolder' | 'readText'>): RunningGuests {
  const domains: Domain[] = [];
  const problems: Problem[] = [];
  for (const name of io.readFolder(STATUS_FOLDER)) {
    if (!name.endsWith('.xml')) continue;
    try {
      const xml = io.readText(`${STATUS_FOLDER}/${name}`);
      // A guest that stopped in between.
      if (xml !== null) domains.push(parseDomain(xml));
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      const message = `${STATUS_FOLDER}/${name}: ${error.message}.`;
      const problem = guestsProblem(error, { message, hint: 'The other guests are done; try again.' });
      if (!problems.includes(problem)) problems.push(problem);
    }
  }
  return { domains, problems };
}

/** One running guest by its name; null where it does not run. Throws KnownError where its file cannot be read. */
export function readRunningGuest(name: string, io: Pick<PluginIo, 'readText'>): Domain | null {
  if (/[/\0]/.test(name) || name === '') {
    throw new KnownError(
      `no guest can be called ${JSON.stringify(name)}`,
      "Give the guest's name.",
      Exit.usage,
    );
  }
  const xml = io.readText(`${STATUS_FOLDER}/${name}.xml`);
  return xml === null ? null : parseDomain(xml);
}

/** A guest as the matcher wants it. */
export function toGuest({ name, uuid, interfaces, metadata, metadataProblem }: Domain): Guest {
  return { name, uuid, interfaces, metadata, metadataProblem };
}
