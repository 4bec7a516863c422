import { dirname, join } from 'node:path';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { readConfInEffect } from '../rollback/confs_in_effect';
import { readBridgeInitConf, type BridgeRule } from '../../model/conf/bridge_init_conf';
import { formatConfProblem } from '../../model/conf/conf_problem';

/** The conf file that a plugin was given. */
interface ConfFiles {
  readonly conf: string;
  /** The folder of the other plugins' conf files; by default that of this one. */
  readonly confFolder?: string;
}

/** What vlan_filtering needs of bridge_init.conf: which ports are trunks, and which trunks carry what is needed. */
export interface BridgeRules {
  readonly rules: readonly BridgeRule[];
  /** The file has an error, so a section or key may be missing. */
  readonly isUnsure: boolean;
  /** The file's text; null: it does not exist or cannot be read. */
  readonly text: string | null;
}

/** The sections of the hooks' own bridge_init.conf, even if this plugin is given another conf file. */
export function readBridgeRules(call: ConfFiles, io: HostIo): BridgeRules {
  const file = fileOf(call);
  try {
    const text = readConfInEffect(file, io);
    const { rules, problems } = readBridgeInitConf(text ?? '', file);
    for (const problem of problems) io.log.warning(formatConfProblem(problem));
    return { rules, isUnsure: problems.some(({ level }) => level === 'error'), text };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    io.log.warning(`${error.message}; trunks are not changed. ${error.hint}`);
    return { rules: [], isUnsure: true, text: null };
  }
}

/** Whether the file has changed since these rules were read. */
export function areStale({ text }: BridgeRules, call: ConfFiles, io: HostIo): boolean {
  try {
    return readConfInEffect(fileOf(call), io) !== text;
  } catch (error) {
    if (error instanceof KnownError) return text !== null;
    throw error;
  }
}

function fileOf({ conf, confFolder }: ConfFiles): string {
  return join(confFolder ?? dirname(conf), 'bridge_init.conf');
}
