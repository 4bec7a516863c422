import { join } from 'node:path';
import { readDispatchConf, unreadableDispatchConf, type DispatchConf } from '../model/conf/dispatch_conf';
import { KnownError } from '../model/known_error';
import { readConfText } from '../system/files/read_conf_text';

/** Reads dispatch.conf of a hooks root. Without the file all scripts run; if it cannot be read, no script runs. */
export function loadDispatchConf(root: string): DispatchConf {
  const file = join(root, 'conf', 'dispatch.conf');
  try {
    return readDispatchConf(readConfText(file) ?? '', file);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const { message, hint } = error;
    return unreadableDispatchConf({ level: 'error', place: { file, line: 0 }, message, hint });
  }
}
