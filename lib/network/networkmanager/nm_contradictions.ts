import { NO_VLANS, type PortVlans, samePortVlans } from '../../model/vlan/port_vlans';
import type { BridgeIntent } from '../bridge_intent';
import { withDefaultPvid } from '../bridge_vlans';
import type { Contradiction, NmWish, ProfileName } from '../contradiction';
import type { Profile } from './profile';

/** State that only NetworkManager itself knows; null: not asked. */
export interface NmTools {
  /** `1.42.4` */
  readonly version: string | null;
  /** Whether the applied profile filters VLANs: an edited profile takes effect only at the next activation. */
  readonly appliedFiltering: boolean | null;
}

/**
 * Where the profiles of a bridge and of its trunks contradict conf. Source: bridge_set_vlan_options() and
 * attach_port() in nm-device-bridge.c, and tests with 1.42 and 1.52.
 *
 * @param trunks the profiles of trunks, by the trunks' names
 */
export function nmContradictions(
  intent: BridgeIntent,
  profile: Profile,
  trunks: ReadonlyMap<string, Profile>,
  tools: NmTools,
): Contradiction[] {
  const { bridge } = intent;
  if (!intent.filtering) return [];
  const name = nameOf(profile);
  if (!profile.filtering) {
    const wish = wishFor(intent, trunks, tools.version);
    return [{ code: 'nm-filtering-off', level: 'failure', bridge, profile: name, wish }];
  }
  const found: Contradiction[] = [];
  const { version } = tools;
  if (tools.appliedFiltering === false)
    found.push({ code: 'nm-not-applied', level: 'failure', bridge, profile: name, version });
  const { defaultPvid: has } = profile;
  const wanted = intent.defaultPvid;
  if (wanted === undefined && has !== null) {
    const { place } = intent;
    found.push({ code: 'nm-resets-to-vlan', level: 'warning', bridge, profile: name, has, place });
  } else if (wanted !== undefined && wanted !== has) {
    const wish = wishFor(intent, trunks, version);
    found.push({ code: 'nm-default-pvid', level: 'failure', bridge, profile: name, has, wanted, wish });
  }
  const compare = (dev: string, of: Profile, list: PortVlans, vlans: PortVlans | null | undefined): void => {
    const effective = withDefaultPvid(list, has);
    if (vlans === null || vlans === undefined || samePortVlans(effective, vlans)) return;
    const level = list.vlans.size === 0 ? 'warning' : 'failure';
    const what = { profile: nameOf(of), dev, has: effective, wanted: vlans };
    found.push({ code: 'nm-vlans', level, bridge, ...what });
  };
  compare(bridge, profile, profile.vlans, intent.own);
  for (const [dev, vlans] of intent.trunks) {
    const of = trunks.get(dev);
    if (of !== undefined) compare(dev, of, of.portVlans, vlans);
  }
  return found;
}

function wishFor(intent: BridgeIntent, trunks: ReadonlyMap<string, Profile>, version: string | null): NmWish {
  const { kernel } = intent;
  const defaultPvid = intent.defaultPvid === undefined ? kernel.defaultPvid : intent.defaultPvid;
  // Without a default PVID, a port without a list is in no VLAN. Conf may rely on the VLANs that the kernel has now.
  const isBare = defaultPvid === null;
  const own = intent.own ?? (isBare ? kernel.own : undefined);
  return {
    defaultPvid,
    version,
    ...(own === undefined ? {} : { own }),
    trunks: [...intent.trunks].flatMap(([dev, said]) => {
      const profile = trunks.get(dev);
      const vlans = said ?? (isBare ? (kernel.trunks.get(dev) ?? null) : null);
      const isGiven = vlans !== null && samePortVlans(withDefaultPvid(NO_VLANS, defaultPvid), vlans);
      return profile === undefined || vlans === null || isGiven
        ? []
        : [{ profile: nameOf(profile), dev, vlans }];
    }),
  };
}

function nameOf({ id, uuid, file, type, netplan }: Profile): ProfileName {
  return { id, uuid, file, type, netplan };
}
