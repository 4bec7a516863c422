import type { Rule, RuleConf } from '../match/rule';
import { PORT_WISH, type PortWish } from './port_keys';
import { readRuleConf, ruleKeys } from './rule_conf';

/** The keys of vlan_filtering.conf. */
export const VLAN_FILTERING_KEYS = ruleKeys(PORT_WISH.keys);

/** A section of vlan_filtering.conf, or a `<port>` of a guest's metadata. */
export type PortRule = Rule<PortWish>;
export type VlanFilteringConf = RuleConf<PortWish>;

export function readVlanFilteringConf(text: string, file: string): VlanFilteringConf {
  return readRuleConf(text, file, PORT_WISH).conf;
}
