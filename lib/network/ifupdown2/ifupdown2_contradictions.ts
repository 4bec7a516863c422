import { portVlans, type PortVlans, samePortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import { formatVidList } from '../../model/vlan/vid_list';
import { parseBoolean } from '../booleans';
import type { BridgeIntent } from '../bridge_intent';
import { parseVidRange } from '../bridge_vlans';
import type { Contradiction, StanzaEdit, StanzaPlace } from '../contradiction';
import type { IfaceOption, IfaceStanza } from '../ifupdown/read_interfaces';

const DEFAULT_PVID = 1 as Vid;
const NEXT_TAP = 'vnet0';

/**
 * Where the stanzas of ifupdown2 contradict conf. They take effect at each `ifreload` and `ifup`. Source:
 * addons/bridge.py, and tests with 3.0.0.
 *
 * @param stanzas all stanzas of the host
 */
export function ifupdown2Contradictions(
  intent: BridgeIntent,
  stanzas: readonly IfaceStanza[],
): Contradiction[] {
  const { bridge } = intent;
  const own = stanzas.filter(({ name }) => name === bridge);
  const first = own[0];
  if (!intent.filtering || first === undefined) return [];
  const edits: StanzaEdit[] = [];
  const option = (key: string): IfaceOption | null => find(own, key);
  const place = (key: string): StanzaPlace => placeOf(own, first, key);
  const edit = (key: string, value: string): void => void edits.push({ ...place(key), key, value });
  const found: Contradiction[] = [];
  const common = { level: 'failure', bridge, edits } as const;

  const aware = option('bridge-vlan-aware');
  if (parseBoolean(aware?.value ?? 'no') !== true) {
    edit('bridge-vlan-aware', 'yes');
    found.push({ ...common, code: 'ifupdown2-filtering-off', place: place('bridge-vlan-aware') });
  }
  const regex = option('bridge-ports-condone-regex');
  const dropped = intent.taps.filter((tap) => !condones(regex?.value, tap));
  if (dropped.length > 0 || !condones(regex?.value, NEXT_TAP)) {
    const key = 'bridge-ports-condone-regex';
    edit(key, regexFor(intent.taps));
    found.push({
      ...common,
      code: 'ifupdown2-drops-taps',
      place: place(key),
      regex: regex?.value ?? null,
      taps: dropped,
    });
  }
  const others = [...intent.trunks].flatMap(([dev, wanted]): Contradiction[] => {
    const port = stanzas.filter(({ name }) => name === dev);
    const has = vlansOf(port, own);
    if (wanted === null || samePortVlans(has, wanted)) return [];
    for (const [key, value] of optionsFor(has, wanted)) {
      // Only a port itself can be without a PVID.
      const isOfPort = find(port, key) !== null || (key === 'bridge-allow-untagged' && port.length > 0);
      const at = isOfPort ? port : own;
      const stanza = at[0] ?? first;
      const one = { ...placeOf(at, stanza, key), key, value };
      if (!edits.some((each) => each.file === one.file && each.line === one.line && each.key === key))
        edits.push(one);
    }
    return [{ ...common, code: 'ifupdown2-vlans', place: place('bridge-vids'), dev, has, wanted }];
  });
  return [...found, ...others];
}

function find(stanzas: readonly IfaceStanza[], key: string): IfaceOption | null {
  return stanzas.flatMap(({ options }) => options.filter((option) => option.key === key)).at(-1) ?? null;
}

/** The place of an option; if it is not set, the place where it belongs. */
function placeOf(stanzas: readonly IfaceStanza[], first: IfaceStanza, key: string): StanzaPlace {
  for (const { file, line, options } of [...stanzas].reverse()) {
    const option = options.filter((each) => each.key === key).at(-1);
    if (option !== undefined) return { file, line, option: option.line };
  }
  return { file: first.file, line: first.line, option: null };
}

/** Matches like Python's re.match(): from the beginning of the name. */
function condones(regex: string | undefined, tap: string): boolean {
  if (regex === undefined || regex === '') return false;
  try {
    return new RegExp(`^(?:${regex})`).test(tap);
  } catch {
    // A pattern that JavaScript cannot read may be valid in Python, so it is not reported.
    return true;
  }
}

/** A pattern for libvirt's own names and the names of current taps. */
function regexFor(taps: readonly string[]): string {
  const named = [...new Set(taps)].filter((tap) => !/^vnet\d+$/.test(tap)).sort();
  return `^(${['vnet[0-9]+', ...named.map((tap) => tap.replace(/[.+^$(){}|[\]\\*?]/g, '\\$&'))].join('|')})$`;
}

/** The VLANs that ifupdown2 sets on a port: from its own options, else from the bridge's, else only PVID 1. */
function vlansOf(port: readonly IfaceStanza[], bridge: readonly IfaceStanza[]): PortVlans {
  const value = (key: string): string | null => (find(port, key) ?? find(bridge, key))?.value ?? null;
  const access = find(port, 'bridge-access')?.value ?? null;
  const pvidOf = (text: string | null): Vid | null =>
    text === null ? DEFAULT_PVID : (parseVidRange(text)?.[0] ?? null);
  if (access !== null) return portVlans({ pvid: pvidOf(access) });
  const tagged = (value('bridge-vids') ?? '').split(/[\s,]+/).flatMap((text) => parseVidRange(text) ?? []);
  const isUntagged = parseBoolean(find(port, 'bridge-allow-untagged')?.value ?? 'yes') !== false;
  return portVlans({ pvid: isUntagged ? pvidOf(value('bridge-pvid')) : null, tagged });
}

/** The options that change the VLANs of a port into the desired ones. */
function optionsFor(has: PortVlans, wanted: PortVlans): [key: string, value: string][] {
  const options: [string, string][] = [];
  const [old, vids] = [has, wanted].map((vlans) => formatVidList(vidsLeaving(vlans, 'tagged')));
  if (old !== vids) options.push(['bridge-vids', (vids ?? '').replaceAll(',', ' ')]);
  if (has.pvid !== wanted.pvid)
    options.push(
      wanted.pvid === null ? ['bridge-allow-untagged', 'no'] : ['bridge-pvid', String(wanted.pvid)],
    );
  return options;
}
