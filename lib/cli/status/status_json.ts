import { describeRule, type RuleSource } from '../../model/match/describe_rule';
import { problemJson } from '../../model/problem_json';
import type { ManagersOf } from '../../network/managers_of';
import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import type { SwitchPort, SwitchView } from '../../plan/switch/switch';
import type { Verdict } from '../../plan/switch/verdict';
import { describeBridgeDrift, describePortDrift } from './describe_drift';
import { formatVidList } from '../../model/vlan/vid_list';
import { formatPrefix, formatIp } from '../../model/address/ip_address';
import type { RoutedInterface } from '../../plan/routes/routed_view';
import { describeAddressDrift, describeLeftOver, describeRoutedState } from './describe_routes';

/** The version of the JSON format. It is increased when a key is renamed, removed or changes its meaning. */
const FORMAT = 1;

/** The output of `kvmvlan status --json`, see docs/json.md. */
export function statusJson(
  { switches, missing, routed, problems }: SwitchView,
  status: Verdict,
  managers: ManagersOf,
): object {
  return {
    format: FORMAT,
    status,
    bridges: switches.map((one) => ({
      name: one.bridge.name,
      filtering: one.bridge.filtering,
      protocol: one.bridge.protocol,
      defaultPvid: one.bridge.defaultPvid,
      macTableManager: one.macTableManager,
      managers: managers.get(one.bridge.name) ?? [],
      wantedBy: sourceJson(one.wantedBy),
      drift: describeBridgeDrift(one),
      ports: one.ports.map(portJson),
    })),
    missing: missing.map(({ name, guest, bridge, wanted, wantedBy }) => ({
      name,
      guest,
      bridge,
      wanted: wanted === null ? null : vlansJson(wanted),
      wantedBy: sourceJson(wantedBy),
    })),
    routed:
      routed === null
        ? null
        : {
            uplinks: routed.uplinks.map(({ name, forwards }) => ({
              name,
              forwardsIpv4: forwards[4],
              forwardsIpv6: forwards[6],
            })),
            interfaces: routed.interfaces.map(routedJson),
            drift: describeLeftOver(routed.others),
          },
    problems: problems.map(problemJson),
  };
}

function routedJson(routed: RoutedInterface): object {
  const { tap, alias, state } = routed;
  const { addresses, routes, uplink, table, vrf } = tap.wish;
  const withDrift = (address: string): object => ({ address, drift: describeAddressDrift(routed, address) });
  return {
    name: tap.dev,
    guest: tap.guest,
    interface: { alias, mac: tap.mac },
    uplink,
    table,
    vrf,
    addresses: addresses.map((address) => withDrift(formatIp(address))),
    routes: routes.map((prefix) => withDrift(formatPrefix(prefix))),
    state,
    drift: state === 'drift' ? describeRoutedState(routed) : null,
    wantedBy: sourceJson(tap.source),
  };
}

function portJson(port: SwitchPort): object {
  const { iface } = port;
  return {
    name: port.name,
    role: port.role,
    guest: port.guest,
    interface:
      iface === null ? null : { nic: iface.nic, alias: iface.alias, mac: iface.mac, network: iface.network },
    ...vlansJson(port.vlans),
    flags: port.flags,
    vnis: port.tunnels === null ? null : [...port.tunnels].map(([vid, vni]) => ({ vid, vni })),
    state: port.state,
    drift: describePortDrift(port),
    wanted: port.wanted === null ? null : { ...vlansJson(port.wanted), flags: port.wantedFlags },
    wantedBy: sourceJson(port.wantedBy),
  };
}

/** The source of desired VLANs: `/etc/…/vlan_filtering.conf:12: [veth0]`, or `metadata of guest VM1: <port …>`. */
export function sourceJson(source: RuleSource | null): string | null {
  return source === null ? null : describeRule(source);
}

/**
 * VLANs with lists in the syntax of conf: `{ pvid: 100, pvidEgress: 'untagged', tagged: '200,300-399', untagged: ''
 * }`.
 */
export function vlansJson(vlans: PortVlans): object {
  return {
    pvid: vlans.pvid,
    pvidEgress: vlans.pvid === null ? null : (vlans.vlans.get(vlans.pvid) ?? 'none'),
    tagged: formatVidList(vidsLeaving(vlans, 'tagged')),
    untagged: formatVidList(vidsLeaving(vlans, 'untagged')),
  };
}
