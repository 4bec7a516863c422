import { PORT_FLAG_NAMES, type PortFlags } from '../vlan/port_flags';
import { portVlans, type PortVlans } from '../vlan/port_vlans';
import type { Vid } from '../vlan/vid';
import type { Parsed } from './keys';
import type { MetadataKind } from './metadata_conf';
import { meaningless, taggedAndUntagged, type WishFault } from './problems';
import type { WishValues } from './rule_conf';
import { oneOf, vidList, vidOrNone, yesOrNo } from './values';

/** Keys for the wanted state of an interface, in conf and in metadata. */
const WISH_KEYS = {
  mode: oneOf('access', 'trunk', 'none'),
  pvid: vidOrNone,
  tagged: vidList,
  untagged: vidList,
  native: vidOrNone,
  'native-mode': oneOf('untagged', 'tagged'),
  isolated: yesOrNo,
  learning: yesOrNo,
  flood: yesOrNo,
  mcast_flood: yesOrNo,
  bpdu_guard: yesOrNo,
  root_block: yesOrNo,
  neigh_suppress: yesOrNo,
};

/** The wanted state of one port. */
export interface PortWish {
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
}

/** The PVID if no key gives one, as in the sample conf of the predecessor. */
const DEFAULT_PVID = 1 as Vid;

/** Keys without a meaning in a mode; inherited ones are ignored. */
const NOT_IN_MODE = {
  access: ['tagged', 'untagged', 'native', 'native-mode'],
  trunk: ['pvid'],
  none: ['pvid', 'tagged', 'untagged', 'native', 'native-mode'],
} as const;

export const PORT_WISH: MetadataKind<typeof WISH_KEYS, PortWish> = {
  list: 'ports',
  element: 'port',
  keys: WISH_KEYS,
  toWish,
  meanwhile: 'the ports that it concerns are not changed',
};

function toWish(values: WishValues<typeof WISH_KEYS>): Parsed<PortWish> | { readonly fault: WishFault } {
  const mode = values.get('mode');
  for (const key of mode === undefined ? (['native'] as const) : NOT_IN_MODE[mode]) {
    if (values.isOwn(key)) return { fault: meaningless(key, mode) };
  }
  const tagged = mode === 'access' || mode === 'none' ? undefined : values.get('tagged');
  const untagged = mode === 'access' || mode === 'none' ? undefined : values.get('untagged');
  const both = [...(untagged ?? [])].find((vid) => tagged?.has(vid) === true);
  if (both !== undefined) return { fault: taggedAndUntagged(both) };
  const flags: Record<string, boolean> = {};
  for (const flag of PORT_FLAG_NAMES) {
    const value = values.get(flag);
    if (value !== undefined) flags[flag] = value;
  }
  const pvid = pvidOf(values, mode);
  const vlans = portVlans({
    pvid,
    tagged: tagged ?? [],
    untagged: untagged ?? [],
    pvidEgress: mode === 'access' ? 'untagged' : (values.get('native-mode') ?? 'untagged'),
  });
  return { value: { vlans, flags } };
}

function pvidOf(
  values: WishValues<typeof WISH_KEYS>,
  mode: 'access' | 'trunk' | 'none' | undefined,
): Vid | null {
  if (mode === 'none') return null;
  const vid = mode === 'trunk' ? (values.get('native') ?? null) : values.get('pvid');
  return vid === undefined ? DEFAULT_PVID : vid;
}
