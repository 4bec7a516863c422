import type { PortRule } from '../conf/vlan_filtering_conf';

/** Where a rule stands: `vlan_filtering.conf:12: [veth0]`, or the metadata's own text. */
export function describeRule({ origin, place, label }: PortRule): string {
  return origin === 'conf' ? `${place.file}:${place.line}: [${label}]` : `${place.file}: ${label}`;
}
