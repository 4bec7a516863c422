import { join } from 'node:path';
import { readDispatchConf, unreadableDispatchConf, type DispatchConf } from '../conf/dispatch_conf';
import { readConfText } from '../system/read_conf_text';
import { KnownError } from '../types';

/** dispatch.conf of a hooks root. Where there is none, all scripts run; where it cannot be read, none does. */
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
