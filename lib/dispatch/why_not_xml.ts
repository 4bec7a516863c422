import { parseDomain } from '../model/guest/parse_domain';
import { KnownError } from '../model/known_error';

/**
 * What is wrong with the XML that a script printed; null: nothing. libvirt reads it with libxml2, so it must be
 * well-formed. Only namespace errors in metadata are accepted.
 */
export function whyNotXml(output: Buffer): string | null {
  try {
    parseDomain(output.toString('utf8'), { isStrict: true });
    return null;
  } catch (error) {
    if (error instanceof KnownError) return `its output is discarded: ${error.message}`;
    throw error;
  }
}
