import type { BridgeRule } from '../model/conf/bridge_init_conf';
import type { Bridge } from '../model/host/host';
import { bridgeSource, describeRule, placeOfRule } from '../model/match/describe_rule';
import type { Place, Problem } from '../model/problem';
import { describePortVlans, type PortVlans } from '../model/vlan/port_vlans';
import { describeTunnels, type Tunnels } from '../model/vlan/tunnels';
import type { Vid } from '../model/vlan/vid';
import { formatVidList } from '../model/vlan/vid_list';
import { isGlob } from '../text/glob';
import { shellQuote } from '../text/shell_quote';

// What is said about bridges and their trunks. All of these sentences are in this file.

/** A setting of a bridge that differs from the wish. */
export interface SettingDrift {
  readonly setting: 'vlan_filtering' | 'vlan_protocol' | 'default-pvid';
  readonly is: string | number | boolean;
  readonly wanted: string | number | boolean;
}

/** The VLANs of a port of a bridge, or of the bridge itself, that differ from the wish. */
export interface VlanDrift {
  readonly port: string;
  /** null: it is no longer a port of the bridge. */
  readonly is: PortVlans | null;
  readonly wanted: PortVlans;
}

export function bridgeMissing(rule: BridgeRule): Problem {
  return {
    level: 'warning',
    code: 'bridge-missing',
    message: `there is no bridge ${rule.bridge} (${where(rule)}).`,
    hint: `Create it with \`ip link add ${shellQuote(rule.bridge)} type bridge\` or in the network configuration, then run \`bridge_init\`.`,
    ...at(rule),
    subject: { bridge: rule.bridge },
  };
}

/** @param guest the running guest that it belongs to; null: none */
export function trunkOfGuest(rule: BridgeRule, port: string, guest: string | null): Problem {
  const why = guest === null ? 'is a tap' : `belongs to the running guest ${guest}`;
  return {
    level: 'error',
    code: 'trunk-of-guest',
    message: `trunk port ${port} ${why}, so it cannot be a trunk (${where(rule)}).`,
    hint: `Set trunk-port to the interface that leads out of the host, or rename the interface of the guest.`,
    ...at(rule),
    subject: { port, bridge: rule.bridge },
  };
}

/** @param elsewhere the bridge that it is in; null: none */
export function trunkMissing(rule: BridgeRule, port: string, elsewhere: string | null): Problem {
  const { bridge } = rule;
  const why = elsewhere === null ? `not a port of bridge ${bridge}` : `in bridge ${elsewhere}`;
  return {
    level: 'warning',
    code: elsewhere === null ? 'trunk-missing' : 'trunk-in-other-bridge',
    message: `trunk port ${port} is ${why} (${where(rule)}).`,
    hint: isGlob(port)
      ? `No port of ${bridge} that can be an uplink matches this pattern.`
      : `Run \`ip link set ${shellQuote(port)} master ${shellQuote(bridge)}\`, then \`bridge_init\`.`,
    ...at(rule),
    subject: { port, bridge },
  };
}

export function trunkCutsTunnel(
  rule: BridgeRule,
  port: string,
  tunnels: Tunnels,
  cut: readonly Vid[],
): Problem {
  const mapped = new Map(cut.map((vid) => [vid, tunnels.get(vid) ?? 0]));
  return {
    level: 'error',
    code: 'trunk-cuts-tunnel',
    message: `trunk port ${port} is not changed: conf would cut its tunnels (${describeTunnels(mapped)}), because their VLANs must be tagged on it (${where(rule)}).`,
    hint: `Add ${formatVidList(cut)} to trunk-tags and not to trunk-pvid, or remove ${port} from trunk-port: then its VLANs stay as they are.`,
    ...at(rule),
    subject: { port, bridge: rule.bridge },
  };
}

/** @param tunnels the ports that these VLANs leave through */
export function trunkLosesVlans(
  rule: BridgeRule,
  port: string,
  lost: readonly Vid[],
  tunnels: ReadonlySet<string>,
): Problem {
  const vids = formatVidList(lost);
  return {
    level: 'warning',
    code: 'trunk-loses-vlans',
    message: `trunk ${port} loses VLAN ${vids}, which leaves through the tunnel ${[...tunnels].join(', ')}: with both, there could be a loop (${where(rule)}).`,
    hint: `If ${port} must carry it too, add ${vids} to trunk-tags-always.`,
    ...at(rule),
    subject: { port, bridge: rule.bridge },
  };
}

export function defaultPvidFixed(rule: BridgeRule, { name, defaultPvid }: Bridge): Problem {
  return {
    level: 'error',
    code: 'default-pvid-fixed',
    message: `bridge ${name} already filters VLANs, so the kernel does not change its default-pvid (now ${defaultPvid ?? 'none'}, wanted ${rule.defaultPvid ?? 'none'}; ${where(rule)}).`,
    hint: `It is set at the next boot. To set it now, with a moment in which ${name} does not filter, run \`ip link set ${shellQuote(name)} type bridge vlan_filtering 0 && bridge_init\`.`,
    ...at(rule),
    subject: { bridge: name },
  };
}

export function bridgeDiffers(bridge: string, drift: SettingDrift | VlanDrift): Problem {
  const isSetting = 'setting' in drift;
  return {
    level: 'error',
    code: 'bridge-differs',
    message: `bridge ${bridge}: after all commands, ${isSetting ? describeSetting(drift) : describeVlans(drift)}.`,
    hint: 'Another program changes the bridge at the same time. Run `bridge_init` again.',
    subject: { bridge, ...(isSetting ? { setting: drift.setting } : { port: drift.port }) },
  };
}

/** The same in a few words, for a column. */
export function describeSetting({ setting, is, wanted }: SettingDrift): string {
  return `${setting} is ${is}, not ${wanted}`;
}

function describeVlans({ port, is, wanted }: VlanDrift): string {
  return is === null
    ? `${port} is no longer a port of it`
    : `${port} has ${describePortVlans(is)}, not ${describePortVlans(wanted)}`;
}

function where(rule: BridgeRule): string {
  return describeRule(bridgeSource(rule));
}

function at(rule: BridgeRule): { place: Place; section: string } {
  return placeOfRule(bridgeSource(rule));
}
