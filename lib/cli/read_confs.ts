import { join } from 'node:path';
import { readBridgeInitConf, type BridgeInitConf } from '../conf/bridge_init_conf';
import { readVlanFilteringConf, type VlanFilteringConf } from '../conf/vlan_filtering_conf';
import { toProblem } from '../plugins/match_problems';
import type { PluginIo } from '../plugins/plugin';
import type { Problem } from '../types';

export interface Confs {
  readonly bridgeInit: BridgeInitConf;
  readonly vlanFiltering: VlanFilteringConf;
  /** All that is wrong in either. */
  readonly problems: readonly Problem[];
}

/** The two confs of a hooks root. One that is not there is empty and a warning. Throws KnownError. */
export function readConfs(root: string, io: Pick<PluginIo, 'readText'>): Confs {
  const problems: Problem[] = [];
  const text = (name: string): [text: string, path: string] => {
    const path = join(root, 'conf', `${name}.conf`);
    const found = io.readText(path);
    const hint = 'Run install.sh again, or say where the hooks are by --root.';
    if (found === null) problems.push({ level: 'warning', message: `there is no conf file ${path}.`, hint });
    return [found ?? '', path];
  };
  const bridgeInit = readBridgeInitConf(...text('bridge_init'));
  const vlanFiltering = readVlanFilteringConf(...text('vlan_filtering'));
  const wrong = [
    ...bridgeInit.problems,
    ...vlanFiltering.problems,
    ...vlanFiltering.rules.flatMap((rule) => rule.problems),
  ];
  return { bridgeInit, vlanFiltering, problems: [...problems, ...wrong.map(toProblem)] };
}
