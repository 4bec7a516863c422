import type { NetLink } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import { getValue, type Keyfile, type Setting, setValue, setValues } from './keyfile';
import { methodOf } from './method_of';
import type { NmState } from './nm_state';
import { pinIdentifiers } from './pin_identifiers';
import type { Pinned } from './pinned';
import { noLease } from './problems';

/** The values of dhcp-client-id, dhcp-iaid and dhcp-duid for which NetworkManager computes an identity. */
const COMPUTED = [
  ...['mac', 'perm-mac', 'permanent', 'ifname', 'stable', 'duid', 'ipv6-duid', 'lease', 'none', ''],
  ...['ll', 'llt', 'stable-ll', 'stable-llt', 'stable-uuid'],
];

/**
 * Writes into the bridge's profile what NetworkManager would otherwise compute from the name, the type or the profile of
 * the interface, so that the bridge has what the port had. Source: nm-settings-nmcli(5); nm_device_get_route_metric_default(),
 * dhcp6_get_duid(), nm_utils_ipv6_addr_set_stable_privacy().
 */
export function pin(keyfile: Keyfile, state: NmState, port: NetLink): Pinned {
  const [withMetrics, lease] = [pinMetrics(keyfile, state.metric), pinLease(state, port)];
  const withLease = setValues(withMetrics, lease.values);
  const identifiers = pinIdentifiers(withLease, port);
  return { keyfile: identifiers.keyfile, problems: [...lease.problems, ...identifiers.problems] };
}

/** The default metric is 100 for Ethernet, and 425 for a bridge. */
function pinMetrics(keyfile: Keyfile, metric: string | null): Keyfile {
  return (['ipv4', 'ipv6'] as const).reduce((edited, section) => {
    const isSet = !['', '-1'].includes(getValue(edited, section, 'route-metric') ?? '');
    const has = !['disabled', 'ignore'].includes(methodOf(edited, section));
    if (isSet || !has || metric === null) return edited;
    const method = methodOf(edited, section);
    return setValue(setValue(edited, section, 'method', method), section, 'route-metric', metric);
  }, keyfile);
}

/** By default the identity for DHCPv6 depends on the name of the interface, and `stable` on the profile. */
function pinLease({ profile, lease }: NmState, port: NetLink): { values: Setting[]; problems: Problem[] } {
  const { keyfile } = profile;
  const asksFor4 = methodOf(keyfile, 'ipv4') === 'auto';
  const asksFor6 = ['auto', 'dhcp'].includes(methodOf(keyfile, 'ipv6'));
  const computed = (section: string, key: string): string | null => {
    const value = getValue(keyfile, section, key) ?? '';
    return COMPUTED.includes(value) ? value : null;
  };
  const values: Setting[] = [];
  const problems: Problem[] = [];
  const id4 = computed('ipv4', 'dhcp-client-id');
  if (asksFor4 && id4 !== null) {
    if (lease.clientId !== null) values.push(['ipv4', 'dhcp-client-id', lease.clientId]);
    else if (!['', 'mac', 'none'].includes(id4)) problems.push(noLease(port.name));
  }
  if (asksFor6 && lease.duid !== null && computed('ipv6', 'dhcp-duid') !== null)
    values.push(['ipv6', 'dhcp-duid', lease.duid]);
  if (asksFor6 && lease.iaid !== null && computed('ipv6', 'dhcp-iaid') !== null)
    values.push(['ipv6', 'dhcp-iaid', lease.iaid]);
  return { values, problems };
}
