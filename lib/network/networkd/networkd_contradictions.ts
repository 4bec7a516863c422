import type { Egress, PortVlans } from '../../model/vlan/port_vlans';
import { parseVid, type Vid } from '../../model/vlan/vid';
import { parseBoolean } from '../booleans';
import type { BridgeIntent } from '../bridge_intent';
import { parseVidRange } from '../bridge_vlans';
import type { Contradiction } from '../contradiction';
import { valueOf, valuesOf, type Section } from '../sections';
import type { NetworkdFiles } from './read_networkd';
import { EXCLUSIVE_SINCE } from './bridge_vlan_section';
import { NEXT_TAP, takerOf } from './taker_of';
import type { Unit } from './units';

/**
 * Where the files of systemd-networkd contradict conf. A .netdev file without VLANFiltering= does not change an
 * existing bridge. Source: networkd-bridge-vlan.c, netdev/bridge.c, and tests with 252 and 257.
 *
 * @param version of systemd; null: not known
 */
export function networkdContradictions(
  intent: BridgeIntent,
  files: NetworkdFiles,
  version: number | null,
): Contradiction[] {
  const { bridge } = intent;
  if (!intent.filtering) return [];
  const isExclusive = version === null ? files.isRecent : version >= EXCLUSIVE_SINCE;
  const lists = [[bridge, intent.own] as const, ...intent.trunks].flatMap(
    ([dev, wanted]): Contradiction[] => {
      const unit = files.links.get(dev);
      if (unit === null || unit === undefined || wanted === null || wanted === undefined) return [];
      return vlansOf(bridge, dev, unit, wanted, isExclusive);
    },
  );
  return [...ofNetdev(intent, files.netdevs.get(bridge)), ...lists, ...takenTaps(intent, files.networks)];
}

function ofNetdev(intent: BridgeIntent, netdev: Unit | undefined): Contradiction[] {
  if (netdev === undefined) return [];
  const { bridge } = intent;
  const { file, sections } = netdev;
  const found: Contradiction[] = [];
  if (parseBoolean(valueOf(sections, 'Bridge', 'VLANFiltering') ?? 'yes') === false)
    found.push({ code: 'networkd-filtering-off', level: 'failure', bridge, file });
  const text = valueOf(sections, 'Bridge', 'DefaultPVID') ?? '';
  if (text === '') return found;
  const has = parseVid(text);
  const wanted = intent.defaultPvid === undefined ? intent.kernel.defaultPvid : intent.defaultPvid;
  if (has !== wanted)
    found.push({ code: 'networkd-default-pvid', level: 'failure', bridge, file, has, wanted });
  return found;
}

function vlansOf(
  bridge: string,
  dev: string,
  { file, sections }: Unit,
  wanted: PortVlans,
  isExclusive: boolean,
): Contradiction[] {
  if (!sections.some(({ name }) => name === 'BridgeVLAN')) return [];
  const { list, pvid } = parseBridgeVlans(sections);
  const missing = new Map<Vid, Egress>();
  // If the file sets no PVID, networkd does not change it.
  const isKept = (vid: Vid): boolean => list.has(vid) || (pvid === undefined && vid === wanted.pvid);
  if (isExclusive) for (const [vid, egress] of wanted.vlans) if (!isKept(vid)) missing.set(vid, egress);
  const extra = [...list.keys()].filter((vid) => wanted.vlans.get(vid) !== list.get(vid));
  const isOther = pvid !== undefined && pvid !== wanted.pvid;
  if (missing.size === 0 && extra.length === 0 && !isOther) return [];
  const lost = {
    pvid: wanted.pvid !== null && missing.has(wanted.pvid) ? wanted.pvid : null,
    vlans: missing,
  };
  const what = { file, dev, missing: lost, extra, wanted, ...(isOther ? { pvid } : {}) };
  return [{ code: 'networkd-vlans', level: 'failure', bridge, ...what }];
}

function parseBridgeVlans(sections: readonly Section[]): {
  list: ReadonlyMap<Vid, Egress>;
  pvid: Vid | null | undefined;
} {
  const list = new Map<Vid, Egress>();
  const add = (key: string, egress: Egress): void => {
    for (const text of valuesOf(sections, 'BridgeVLAN', key))
      for (const vid of parseVidRange(text) ?? []) list.set(vid, egress);
  };
  add('VLAN', 'tagged');
  add('EgressUntagged', 'untagged');
  const text = valueOf(sections, 'BridgeVLAN', 'PVID');
  const pvid = text === null ? undefined : parseVid(text);
  if (pvid !== undefined && pvid !== null && !list.has(pvid)) list.set(pvid, 'tagged');
  return { list, pvid };
}

/** The files that match taps and set another master or none. */
function takenTaps({ bridge, taps }: BridgeIntent, networks: readonly Unit[]): Contradiction[] {
  const byUnit = new Map<Unit, string[]>();
  for (const tap of new Set([NEXT_TAP, ...taps])) {
    const unit = takerOf(tap, bridge, networks);
    if (unit === null) continue;
    const taken = byUnit.get(unit) ?? [];
    byUnit.set(unit, tap === NEXT_TAP && !taps.includes(tap) ? taken : [...taken, tap]);
  }
  return [...byUnit].map(([{ file, sections }, taken]) => {
    const into = valueOf(sections, 'Network', 'Bridge');
    return { code: 'networkd-takes-taps', level: 'failure', bridge, file, into, taps: taken };
  });
}
