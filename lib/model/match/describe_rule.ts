import { cutText } from '../../text/cut_text';
import type { PortRule } from '../conf/vlan_filtering_conf';

/** Where a rule stands: `vlan_filtering.conf:12: [veth0]`, or the metadata's own text. */
export function describeRule({ origin, place, label }: PortRule): string {
  const shown = cutText(label);
  return origin === 'conf' ? `${place.file}:${place.line}: [${shown}]` : `${place.file}: ${shown}`;
}

/** Why a section that is not named after a port is about it: `guest = db1, nic = 0`. Empty where its name says it. */
export function describeConditions({ origin, conditions }: PortRule): string {
  if (origin === 'metadata' || conditions.dev !== undefined) return '';
  return Object.entries(conditions)
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ');
}
