import { cutText } from '../../text/cut_text';
import type { BridgeRule } from '../conf/bridge_init_conf';
import type { Place } from '../problem';
import type { Rule } from './rule';

/** The source of a wish: a section of a conf file, or an element of a guest's metadata. */
export type RuleSource = Pick<Rule<unknown>, 'origin' | 'place' | 'label'>;

/** The section of bridge_init.conf that a rule comes from. */
export function bridgeSource({ bridge, place }: BridgeRule): RuleSource {
  return { origin: 'conf', place, label: bridge };
}

/** The place of a rule: `vlan_filtering.conf:12: [veth0]`, or the element of the metadata. */
export function describeRule({ origin, place, label }: RuleSource): string {
  const shown = cutText(label);
  return origin === 'conf' ? `${place.file}:${place.line}: [${shown}]` : `${place.file}: ${shown}`;
}

/** The place of a rule as data, for a problem. */
export function placeOfRule({ place, label }: RuleSource): { place: Place; section: string } {
  return { place, section: label };
}

/** Why a section matches a port: `guest = db1, nic = 0`. Empty if the section is named after the port. */
export function describeConditions({ origin, conditions }: Rule<unknown>): string {
  if (origin === 'metadata' || conditions.dev !== undefined) return '';
  return Object.entries(conditions)
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ');
}
