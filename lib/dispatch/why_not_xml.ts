import { parseDomain } from '../domain/parse_domain';
import { KnownError } from '../types';

/** What is wrong with what a script made of a guest's XML; null: nothing. */
export function whyNotXml(output: Buffer): string | null {
  try {
    parseDomain(output.toString('utf8'));
    return null;
  } catch (error) {
    if (error instanceof KnownError) return `its output is discarded: ${error.message}`;
    throw error;
  }
}
