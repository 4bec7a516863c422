import type { RuleSource } from '../../model/match/describe_rule';
import { relativeToConf } from '../../text/relative_to_conf';
import type { StatusStyle } from './status_style';

/** `vlan_filtering.conf:12`, or `metadata`, without the section's name or the element's text. */
export function sourceText({ origin, place }: RuleSource, { confFolder }: StatusStyle): string {
  return origin === 'metadata' ? 'metadata' : relativeToConf(`${place.file}:${place.line}`, confFolder);
}
