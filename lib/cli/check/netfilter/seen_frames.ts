import { formatVidList } from '../../../model/vlan/vid_list';
import type { Vid } from '../../../model/vlan/vid';
import type { Switch } from '../../../plan/switch/switch';
import type { FrameFacts } from '../facts';

/** A setting by which netfilter sees the frames that a bridge forwards. */
export interface Setting {
  readonly name: string;
  /** The bridge that it is of; null: all. */
  readonly bridge: string | null;
}

/** A bridge with frames of guests that netfilter sees, and which frames they are. */
export interface Seen {
  readonly bridge: string;
  readonly frames: string;
  readonly setting: Setting;
}

interface SettingFacts extends Pick<FrameFacts, 'bridgeLinks'> {
  readonly netfilter: Pick<FrameFacts['netfilter'], 'callsIptables'>;
}

/** The settings that are on. Without the module br_netfilter, the bridges' own have no effect. */
export function settingsOn({ netfilter: { callsIptables: forAll }, bridgeLinks }: SettingFacts): Setting[] {
  if (forAll === true) return [{ name: 'bridge-nf-call-iptables', bridge: null }];
  if (forAll === null) return [];
  return (bridgeLinks ?? [])
    .filter(({ callsIptables }) => callsIptables)
    .map(({ name }) => ({ name: `nf_call_iptables of ${name}`, bridge: name }));
}

/**
 * Netfilter sees only frames without a tag, unless bridge-nf-filter-vlan-tagged is on. A bridge that filters VLANs keeps
 * the tag while it forwards, so both ports must send the VLAN untagged (br_netfilter_hooks.c IS_IP, br_nf_forward_ip).
 */
export function seenFrames({ bridge, ports }: Switch, facts: FrameFacts): Seen[] {
  const { name } = bridge;
  const setting = settingsOn(facts).find((each) => each.bridge === null || each.bridge === name);
  const guests = ports.filter(({ role }) => role === 'guest');
  if (setting === undefined || guests.length === 0) return [];
  if (!bridge.filtering || facts.netfilter.seesTagged)
    return [{ bridge: name, frames: `all frames of bridge ${name}`, setting }];
  const count = new Map<Vid, number>();
  for (const { role, vlans } of ports)
    for (const [vid, egress] of role === 'host' ? [] : vlans.vlans)
      if (egress === 'untagged') count.set(vid, (count.get(vid) ?? 0) + 1);
  const vids = new Set(
    guests.flatMap(({ vlans }) =>
      [...vlans.vlans.keys()].filter(
        (vid) => vlans.vlans.get(vid) === 'untagged' && (count.get(vid) ?? 0) > 1,
      ),
    ),
  );
  if (vids.size === 0) return [];
  const frames = `frames between the untagged ports of VLAN ${formatVidList(vids)} in bridge ${name}`;
  return [{ bridge: name, frames, setting }];
}
