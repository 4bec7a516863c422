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

/** By what an interface of a guest is found, in conf and in metadata. */
export const SELECTOR_KEYS = {
  mac,
  nic: wholeNumber(0, 999, "the N of libvirt's alias netN,"),
  alias: word("an interface's alias, such as net0 or ua-uplink"),
};

/** What an interface is to be, in conf and in metadata. */
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

/** What one port is to be. */
export interface PortWish {
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
}

/** The keys of a wish as far as they are given. */
export interface WishValues {
  get<N extends keyof typeof WISH_KEYS>(name: N): Parsed1<(typeof WISH_KEYS)[N]> | undefined;
  /** Whether the key is given here, rather than inherited from [DEFAULT]. */
  isOwn(name: keyof typeof WISH_KEYS): boolean;
}
type Parsed1<K> = K extends Key<infer T> ? T : never;

/** What is wrong with a wish as a whole: which key, why, what to do. */
export interface WishFault {
  readonly key: keyof typeof WISH_KEYS;
  readonly message: string;
  readonly hint: string;
}

/** The PVID where none is named, as the suite's sample conf always had it. */
const DEFAULT_PVID = 1 as Vid;

/** Keys that mean nothing in a mode; where they are inherited they are passed over. */
const NOT_IN_MODE = {
  access: ['tagged', 'untagged', 'native', 'native-mode'],
  trunk: ['pvid'],
  none: ['pvid', 'tagged', 'untagged', 'native', 'native-mode'],
} as const;

/** What the given keys ask for, or why they do not go together. */
export function toWish(values: WishValues): Parsed<PortWish> | { readonly fault: WishFault } {
  const mode = values.get('mode');
  for (const key of mode === undefined ? (['native'] as const) : NOT_IN_MODE[mode]) {
    if (!values.isOwn(key)) continue;
    const message =
      mode === undefined ? 'means nothing without mode = trunk' : `means nothing in mode ${mode}`;
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
    const message = `VID ${both} is in tagged too`;
    return {
      fault: {
        key: 'untagged',
        message,
        hint: 'A VLAN leaves a port in one way; remove it from one of the two.',
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
