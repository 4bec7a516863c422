import { nearest } from '../../model/conf/keys';
import type { Domain } from '../../model/guest/domain';
import { parseDomain } from '../../model/guest/parse_domain';
import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import { DEFINED_FOLDER, requireGuestName, STATUS_FOLDER } from './read_guests';

/** A guest, and its source. */
export interface FoundGuest {
  readonly domain: Domain;
  /** libvirt's word for its state; null: not known from a saved XML. */
  readonly state: string | null;
  readonly isRunning: boolean;
  /** The path of its XML. */
  readonly file: string;
  readonly xml: string;
}

/**
 * Finds a guest by its name without asking libvirt: in its status file if it runs, else in its definition; or in a
 * saved XML file. Throws KnownError if there is no such guest, with a similar name as suggestion.
 */
export function findGuest(
  name: string | undefined,
  xmlFile: string | undefined,
  io: Pick<HostIo, 'readText' | 'readFolder' | 'isRoot'>,
): FoundGuest {
  try {
    return find(name, xmlFile, io);
  } catch (error) {
    if (!(error instanceof KnownError) || io.isRoot || error.reason !== 'access-denied') throw error;
    throw new KnownError(
      error.message,
      "Only root may read libvirt's files. Run the command with sudo.",
      Exit.usage,
    );
  }
}

function find(
  name = '',
  xmlFile: string | undefined,
  io: Pick<HostIo, 'readText' | 'readFolder'>,
): FoundGuest {
  if (xmlFile !== undefined) {
    const xml = io.readText(xmlFile);
    if (xml === null)
      throw new KnownError(
        `there is no file ${xmlFile}`,
        'Save the XML of a guest with `virsh dumpxml GUEST >FILE`.',
        Exit.usage,
      );
    const domain = parseDomain(xml);
    const { status } = domain;
    return { domain, state: status?.state ?? null, isRunning: status !== null, file: xmlFile, xml };
  }
  requireGuestName(name, 'Use the name of a guest, or --xml FILE with inspect and simulate.');
  for (const folder of [STATUS_FOLDER, DEFINED_FOLDER]) {
    const file = `${folder}/${name}.xml`;
    const xml = io.readText(file);
    if (xml === null) continue;
    const domain = parseDomain(xml);
    const isRunning = folder === STATUS_FOLDER;
    const state = domain.status?.state ?? (isRunning ? 'running' : 'shutoff');
    return { domain, state, isRunning, file, xml };
  }
  throw notFound(name, io);
}

function notFound(name: string, io: Pick<HostIo, 'readFolder'>): KnownError {
  const known = [STATUS_FOLDER, DEFINED_FOLDER].flatMap((folder) =>
    io.readFolder(folder).flatMap((file) => (file.endsWith('.xml') ? [file.slice(0, -'.xml'.length)] : [])),
  );
  const near = nearest(name, known);
  const hint =
    near !== null
      ? `Did you mean \`${near}\`?`
      : known.length === 0
        ? `No guest is in ${STATUS_FOLDER} or ${DEFINED_FOLDER}. Run \`virsh list --all\`, or use --xml FILE with inspect and simulate.`
        : `The guests of this host are ${listed([...new Set(known)].sort())}.`;
  return new KnownError(`there is no guest ${name}`, hint, Exit.usage);
}

/** Up to ten names, and the number of the others. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length <= 10 ? shown : `${shown} and ${names.length - 10} more`;
}
