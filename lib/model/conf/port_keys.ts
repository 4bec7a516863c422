import { PORT_FLAG_NAMES, type PortFlags } from '../vlan/port_flags';
import { portVlans, type PortVlans } from '../vlan/port_vlans';
import type { Vid } from '../vlan/vid';
import type { Key, Parsed } from './keys';
import { oneOf, vidList, vidOrNone, wholeNumber, word, yesOrNo } from './values';

const mac: Key<string> = {
  allowed: 'a MAC address such as 52:54:00:12:34:56',
  parse(text) {
    const lower = text.toLowerCase();
    return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(lower) ? { value: lower } : { wrong: 'not a MAC address' };
  },
};

/** Keys that select an interface of a guest, in conf and in metadata. */
export const SELECTOR_KEYS = {
  mac,
  nic: wholeNumber(0, 999, "the N of libvirt's alias netN,"),
  alias: word("an interface's alias, such as net0 or ua-uplink"),
};

/** Keys for the wanted state of an interface, in conf and in metadata. */
export const WISH_KEYS = {
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

/** The keys of a wish that are given. */
export interface WishValues {
  get<N extends keyof typeof WISH_KEYS>(name: N): Parsed1<(typeof WISH_KEYS)[N]> | undefined;
  /** Whether the key is given here, not inherited from [DEFAULT]. */
  isOwn(name: keyof typeof WISH_KEYS): boolean;
}
type Parsed1<K> = K extends Key<infer T> ? T : never;

/** A problem between the keys of a wish: the key, why, and what to do. */
export interface WishFault {
  readonly key: keyof typeof WISH_KEYS;
  readonly message: string;
  readonly hint: string;
}

/** The PVID if no key gives one, as in the sample conf of the predecessor. */
const DEFAULT_PVID = 1 as Vid;

/** Keys without a meaning in a mode; inherited ones are ignored. */
const NOT_IN_MODE = {
  access: ['tagged', 'untagged', 'native', 'native-mode'],
  trunk: ['pvid'],
  none: ['pvid', 'tagged', 'untagged', 'native', 'native-mode'],
} as const;

/** The wish of the given keys, or why they contradict each other. */
export function toWish(values: WishValues): Parsed<PortWish> | { readonly fault: WishFault } {
  const mode = values.get('mode');
  for (const key of mode === undefined ? (['native'] as const) : NOT_IN_MODE[mode]) {
    if (!values.isOwn(key)) continue;
    const message =
      mode === undefined ? 'has no meaning without mode = trunk' : `has no meaning in mode ${mode}`;
    const hint =
      key === 'pvid' && mode === 'trunk'
        ? 'Write `native = …` for the VLAN of untagged frames, or remove it.'
        : key === 'native'
          ? 'Write `pvid = …`, or add `mode = trunk`.'
          : 'Remove it, or choose another mode.';
    return { fault: { key, message, hint } };
  }
  const tagged = mode === 'access' || mode === 'none' ? undefined : values.get('tagged');
  const untagged = mode === 'access' || mode === 'none' ? undefined : values.get('untagged');
  const both = [...(untagged ?? [])].find((vid) => tagged?.has(vid) === true);
  if (both !== undefined) {
    const message = `VID ${both} is also in tagged`;
    return {
      fault: {
        key: 'untagged',
        message,
        hint: 'A VLAN leaves a port either tagged or untagged: remove it from one of the two.',
      },
    };
  }
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

function pvidOf(values: WishValues, mode: 'access' | 'trunk' | 'none' | undefined): Vid | null {
  if (mode === 'none') return null;
  const vid = mode === 'trunk' ? (values.get('native') ?? null) : values.get('pvid');
  return vid === undefined ? DEFAULT_PVID : vid;
}
