import { nearest } from '../../model/conf/keys';
import type { Domain } from '../../model/guest/domain';
import { parseDomain } from '../../model/guest/parse_domain';
import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import { STATUS_FOLDER } from '../../system/libvirt/read_guests';

/** Where libvirt keeps the guests that are defined (qemu_conf.c, configDir). */
export const DEFINED_FOLDER = '/etc/libvirt/qemu';

/** A guest, and where it was read from. */
export interface FoundGuest {
  readonly domain: Domain;
  /** libvirt's word for its state; null: a saved XML says nothing of it. */
  readonly state: string | null;
  readonly isRunning: boolean;
  /** The path of its XML. */
  readonly file: string;
  readonly xml: string;
}

/**
 * A guest by its name, without asking libvirt: from its status file where it runs, else from its definition; or from
 * a saved XML. Throws KnownError where there is no such guest, with the name that was perhaps meant.
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
    throw new KnownError(error.message, "Only root may read libvirt's files: run it by sudo.", Exit.usage);
  }
}

function find(
  name: string | undefined,
  xmlFile: string | undefined,
  io: Pick<HostIo, 'readText' | 'readFolder'>,
): FoundGuest {
  if (xmlFile !== undefined) {
    const xml = io.readText(xmlFile);
    if (xml === null)
      throw new KnownError(
        `there is no file ${xmlFile}`,
        '`virsh dumpxml GUEST >FILE` makes one.',
        Exit.usage,
      );
    const domain = parseDomain(xml);
    return { domain, state: domain.state, isRunning: domain.state !== null, file: xmlFile, xml };
  }
  if (name === undefined || name === '' || /[/\0]/.test(name))
    throw new KnownError(
      `no guest can be called ${JSON.stringify(name ?? '')}`,
      "Give a guest's name; inspect and simulate take --xml FILE too.",
      Exit.usage,
    );
  for (const folder of [STATUS_FOLDER, DEFINED_FOLDER]) {
    const file = `${folder}/${name}.xml`;
    const xml = io.readText(file);
    if (xml === null) continue;
    const domain = parseDomain(xml);
    const isRunning = folder === STATUS_FOLDER;
    return { domain, state: domain.state ?? (isRunning ? 'running' : 'shutoff'), isRunning, file, xml };
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
        ? `Neither ${STATUS_FOLDER} nor ${DEFINED_FOLDER} holds a guest; look at \`virsh list --all\`; inspect and simulate take --xml FILE too.`
        : `Guests here: ${listed([...new Set(known)].sort())}.`;
  return new KnownError(`there is no guest ${name}`, hint, Exit.usage);
}

/** Some names, and how many more there are. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length <= 10 ? shown : `${shown} and ${names.length - 10} more`;
}
