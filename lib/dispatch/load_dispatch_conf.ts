import { join } from 'node:path';
import { formatConfProblem } from '../conf/conf_problem';
import { readDispatchConf, type DispatchConf } from '../conf/dispatch_conf';
import { readText } from '../system/read_text';
import { KnownError } from '../types';

/** dispatch.conf, as far as it can be read: no phase fails for it. Each trouble is a line for people. */
export function loadDispatchConf(root: string, trouble: (line: string) => void): DispatchConf {
  const file = join(root, 'conf', 'dispatch.conf');
  let text: string | null = null;
  try {
    text = readText(file);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    trouble(`${error.message}. ${error.hint} Until then all scripts run as if it were not there.`);
  }
  const conf = readDispatchConf(text ?? '', file);
  for (const problem of conf.problems) trouble(formatConfProblem(problem));
  return conf;
}
