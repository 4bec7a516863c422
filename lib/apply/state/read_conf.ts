import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import { readConfInEffect } from '../rollback/confs_in_effect';

/** A plugin's conf file. A missing file is an error, because a guest without its VLANs must not start. */
export function readConf(file: string, io: HostIo): string {
  const text = readText(file, io);
  if (text !== null) return text;
  throw new KnownError(
    `there is no conf file ${file}`,
    'Create it (the installer puts a commented sample there), or remove the script from the phase folder.',
    Exit.usage,
  );
}

function readText(file: string, io: HostIo): string | null {
  try {
    return readConfInEffect(file, io);
  } catch (error) {
    throw error instanceof KnownError ? new KnownError(error.message, error.hint, Exit.usage) : error;
  }
}
