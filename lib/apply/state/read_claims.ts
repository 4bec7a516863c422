import type { Domain } from '../../model/guest/domain';
import { parseDomain } from '../../model/guest/parse_domain';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { claimsOf, type Claims } from '../../plan/claims';
import { STATUS_FOLDER } from '../../system/libvirt/read_guests';

/**
 * Which running guests claim these interfaces, from libvirt's status files. A file is only parsed if one of the names
 * occurs in it: a hook asks for the few ports of its guest, however many guests run. A file that cannot be read claims
 * nothing here; code that reads all guests reports it.
 *
 * @param ports null: all interfaces
 */
export function readClaims(
  ports: readonly { readonly dev: string }[] | null,
  io: Pick<HostIo, 'readFolder' | 'readText' | 'isRoot'>,
): Claims {
  if (ports?.length === 0) return new Map();
  // XML may escape these characters.
  const mayClaim = (xml: string): boolean =>
    ports?.some(({ dev }) => xml.includes(dev) || /[&<>'"]/.test(dev)) ?? true;
  const domains: Domain[] = [];
  try {
    for (const file of io.readFolder(STATUS_FOLDER))
      if (file.endsWith('.xml')) domains.push(...readIf(`${STATUS_FOLDER}/${file}`, mayClaim, io));
  } catch (error) {
    // Without root the folder cannot be read, but nothing can be set either.
    if (!(error instanceof KnownError) || io.isRoot) throw error;
  }
  return claimsOf(domains);
}

function readIf(path: string, isWanted: (xml: string) => boolean, io: Pick<HostIo, 'readText'>): Domain[] {
  try {
    const xml = io.readText(path);
    return xml !== null && isWanted(xml) ? [parseDomain(xml)] : [];
  } catch (error) {
    if (error instanceof KnownError) return [];
    throw error;
  }
}
