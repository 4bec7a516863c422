import type { VlanProtocol } from '../../../lib/model/host/host';
import { PORT_FLAG_NAMES, PORT_FLAGS, type PortFlags } from '../../../lib/model/vlan/port_flags';
import type { Vid } from '../../../lib/model/vlan/vid';
import { Refused } from './refused';

export interface BridgeCommand {
  readonly action: 'add' | 'del';
  readonly dev: string;
  readonly first: Vid;
  readonly last: Vid;
  readonly pvid: boolean;
  readonly untagged: boolean;
  readonly self: boolean;
  /** The VNI of the first VID, of `tunnel_info`; absent: the command is about membership. */
  readonly tunnel?: number;
}

export interface LinkCommand {
  readonly dev: string;
  readonly filtering?: boolean;
  readonly protocol?: VlanProtocol;
  readonly defaultPvid?: Vid | null;
}

/** The arguments of `bridge vlan add|del`, as iproute2's bridge/vlan.c vlan_modify reads them. */
export function readBridgeCommand(words: readonly string[]): BridgeCommand {
  const [object, action, ...rest] = words;
  if (object !== 'vlan' || (action !== 'add' && action !== 'del')) {
    throw new Refused(`Command "${words.slice(0, 2).join(' ')}" is unknown, try "bridge vlan help".`);
  }
  let dev = '';
  let vid = '';
  let vni: string | null = null;
  const flags = new Set<string>();
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (word === 'dev') dev = rest.shift() ?? '';
    else if (word === 'vid') vid = rest.shift() ?? '';
    else if (word === 'tunnel_info' && rest.shift() === 'id') vni = rest.shift() ?? '';
    else if (['pvid', 'untagged', 'self'].includes(word) && !flags.has(word)) flags.add(word);
    else throw new Refused(`Error: argument "${word}" is not known to this model.`);
  }
  if (dev === '' || vid === '') throw new Refused('Device and VLAN ID are required arguments.');
  const [first, last] = readRange(vid);
  if (flags.has('pvid') && first !== last) throw new Refused('pvid cannot be configured for a vlan range');
  const has = (flag: string): boolean => flags.has(flag);
  return {
    action,
    dev,
    first,
    last,
    pvid: has('pvid'),
    untagged: has('untagged'),
    self: has('self'),
    ...(vni === null ? {} : { tunnel: readVnis(vni, last - first) }),
  };
}

/** The arguments of `ip link set dev BRIDGE type bridge …`. */
export function readLinkCommand(words: readonly string[]): LinkCommand {
  const [link, set, devWord, dev, type, bridge, ...settings] = words;
  if ([link, set, devWord, type, bridge].join(' ') !== 'link set dev type bridge' || dev === undefined) {
    throw new Refused(`Error: either "dev" is duplicate, or "${words.join(' ')}" is a garbage.`);
  }
  const read: { -readonly [K in keyof LinkCommand]: LinkCommand[K] } = { dev };
  for (let i = 0; i < settings.length; i += 2) {
    const [name, value = ''] = settings.slice(i);
    if (name === 'vlan_filtering' && /^[01]$/.test(value)) read.filtering = value === '1';
    else if (name === 'vlan_protocol' && (value === '802.1Q' || value === '802.1ad')) read.protocol = value;
    else if (name === 'vlan_default_pvid' && /^[0-9]+$/.test(value)) {
      read.defaultPvid = value === '0' ? null : readVid(value);
    } else throw new Refused(`Error: argument "${value}" is wrong: invalid ${name ?? ''}`);
  }
  return read;
}

/** The arguments of `bridge link set dev PORT FLAG on|off …`, as bridge/link.c brlink_modify reads them. */
export function readFlagsCommand(words: readonly string[]): { dev: string; flags: PortFlags } {
  const [link, set, devWord, dev, ...settings] = words;
  if ([link, set, devWord].join(' ') !== 'link set dev' || dev === undefined) {
    throw new Refused(`Command "${words.slice(0, 2).join(' ')}" is unknown, try "bridge link help".`);
  }
  const flags: Record<string, boolean> = {};
  for (let i = 0; i < settings.length; i += 2) {
    const [name, value = ''] = settings.slice(i);
    const flag = PORT_FLAG_NAMES.find((known) => PORT_FLAGS[known] === name);
    if (flag === undefined) throw new Refused(`Error: argument "${name ?? ''}" is wrong: unknown`);
    if (value !== 'on' && value !== 'off') {
      throw new Refused(`Error: argument of "${name ?? ''}" must be one of [on, off], not "${value}"`);
    }
    flags[flag] = value === 'on';
  }
  return { dev, flags };
}

function readRange(text: string): [Vid, Vid] {
  const vids = text.split('-').map(readVid);
  const [first, last = first] = vids;
  if (first === undefined || last === undefined || vids.length > 2 || (vids.length === 2 && first >= last)) {
    throw new Refused(`Invalid VLAN range "${text}"`);
  }
  return [first, last];
}

/** As many VNIs as VIDs; the first one. */
function readVnis(text: string, more: number): number {
  const [first = 0, last = first] = text.split('-').map(Number);
  if (last - first !== more) throw new Refused('Invalid tunnel id range');
  return first;
}

/** br_vlan_valid_id: 1..4094. */
function readVid(text: string): Vid {
  const vid = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (vid < 1 || vid > 4094) throw new Refused(`Invalid VLAN ID "${text}"`);
  return vid as Vid;
}
