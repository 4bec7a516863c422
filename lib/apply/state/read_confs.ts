import { join } from 'node:path';
import { readBridgeInitConf, type BridgeInitConf } from '../../model/conf/bridge_init_conf';
import { missingConf } from '../../model/conf/problems';
import { readVlanFilteringConf, type VlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import type { HostIo } from '../../model/io';
import { toProblem } from '../../model/match/match_problems';
import type { PluginName } from '../../model/own_plugins';
import type { Problem } from '../../model/problem';
import { readConfInEffect } from '../rollback/confs_in_effect';

export interface Confs {
  readonly bridgeInit: BridgeInitConf;
  readonly vlanFiltering: VlanFilteringConf;
  /** The texts they were read from; null: there is no such file. */
  readonly confTexts: Readonly<Record<PluginName, string | null>>;
  /** All problems of the first two. */
  readonly problems: readonly Problem[];
}

/**
 * The conf files of a hooks root. A missing one counts as empty and is a warning; but most hosts need no
 * guest_routes.conf, and readHostRoutes interprets it. Throws KnownError.
 */
export function readConfs(root: string, io: Pick<HostIo, 'readText' | 'isRoot'>): Confs {
  const problems: Problem[] = [];
  const pathOf = (name: PluginName): string => join(root, 'conf', `${name}.conf`);
  const confTexts: Record<PluginName, string | null> = {
    bridge_init: null,
    vlan_filtering: null,
    guest_routes: readConfInEffect(pathOf('guest_routes'), io),
  };
  const text = (name: PluginName): [text: string, path: string] => {
    const path = pathOf(name);
    const found = readConfInEffect(path, io);
    if (found === null) problems.push(missingConf(path));
    confTexts[name] = found;
    return [found ?? '', path];
  };
  const bridgeInit = readBridgeInitConf(...text('bridge_init'));
  const vlanFiltering = readVlanFilteringConf(...text('vlan_filtering'));
  const wrong = [...bridgeInit.problems, ...vlanFiltering.problems];
  return { bridgeInit, vlanFiltering, confTexts, problems: [...problems, ...wrong.map(toProblem)] };
}
