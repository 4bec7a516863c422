import { describeRule, type RuleSource } from '../../model/match/describe_rule';
import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import type { SwitchPort, SwitchView } from '../../plan/switch/switch';
import type { Verdict } from '../../plan/switch/verdict';
import { describeBridgeDrift, describePortDrift } from './describe_drift';
import { formatVidList } from '../../model/vlan/vid_list';

/** The version of what `--json` prints: counts up when something is renamed, removed or means another thing. */
const FORMAT = 1;

/** What `kvmvlan status --json` prints, see docs/json.md. */
export function statusJson({ switches, missing, problems }: SwitchView, status: Verdict): object {
  return {
    format: FORMAT,
    status,
    bridges: switches.map((one) => ({
      name: one.bridge.name,
      filtering: one.bridge.filtering,
      protocol: one.bridge.protocol,
      defaultPvid: one.bridge.defaultPvid,
      macTableManager: one.macTableManager,
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
    problems,
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
    state: port.state,
    drift: describePortDrift(port),
    wanted: port.wanted === null ? null : { ...vlansJson(port.wanted), flags: port.wantedFlags },
    wantedBy: sourceJson(port.wantedBy),
  };
}

/** Where a wish comes from, in words: `/etc/…/vlan_filtering.conf:12: [veth0]`, or `metadata of guest VM1: <port …>`. */
export function sourceJson(source: RuleSource | null): string | null {
  return source === null ? null : describeRule(source);
}

/** VLANs as conf writes them: `{ pvid: 100, pvidEgress: 'untagged', tagged: '200,300-399', untagged: '' }`. */
export function vlansJson(vlans: PortVlans): object {
  return {
    pvid: vlans.pvid,
    pvidEgress: vlans.pvid === null ? null : (vlans.vlans.get(vlans.pvid) ?? 'none'),
    tagged: formatVidList(vidsLeaving(vlans, 'tagged')),
    untagged: formatVidList(vidsLeaving(vlans, 'untagged')),
  };
}
