import { join } from 'node:path';
import { readBridgeInitConf, type BridgeInitConf } from '../conf/bridge_init_conf';
import { readVlanFilteringConf, type VlanFilteringConf } from '../conf/vlan_filtering_conf';
import { toProblem } from '../plugins/match_problems';
import { readConfInEffect, type ConfName } from '../apply/confs_in_effect';
import type { PluginIo } from '../plugins/plugin';
import type { Problem } from '../types';

export interface Confs {
  readonly bridgeInit: BridgeInitConf;
  readonly vlanFiltering: VlanFilteringConf;
  /** The texts they were read from; null: there is no such file. */
  readonly confTexts: Readonly<Record<ConfName, string | null>>;
  /** All that is wrong in either. */
  readonly problems: readonly Problem[];
}

/** The two confs of a hooks root. One that is not there is empty and a warning. Throws KnownError. */
export function readConfs(root: string, io: Pick<PluginIo, 'readText' | 'isRoot'>): Confs {
  const problems: Problem[] = [];
  const confTexts: Record<ConfName, string | null> = { bridge_init: null, vlan_filtering: null };
  const text = (name: ConfName): [text: string, path: string] => {
    const path = join(root, 'conf', `${name}.conf`);
    const found = readConfInEffect(path, io);
    const hint = 'Run install.sh again, or say where the hooks are by --root.';
    if (found === null) problems.push({ level: 'warning', message: `there is no conf file ${path}.`, hint });
    confTexts[name] = found;
    return [found ?? '', path];
  };
  const bridgeInit = readBridgeInitConf(...text('bridge_init'));
  const vlanFiltering = readVlanFilteringConf(...text('vlan_filtering'));
  const wrong = [...bridgeInit.problems, ...vlanFiltering.problems];
  return { bridgeInit, vlanFiltering, confTexts, problems: [...problems, ...wrong.map(toProblem)] };
}
