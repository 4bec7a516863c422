import { readBridgeInitConf, type BridgeRule } from '../../model/conf/bridge_init_conf';
import { readIni } from '../../model/conf/read_ini';
import type { Problem } from '../../model/problem';
import { autoTrunkVlans } from '../../model/vlan/auto_trunk';
import { portVlans, type PortVlans } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import { formatVidList } from '../../model/vlan/vid_list';
import type { BridgeVlans } from '../backend';
import { brokenHeader, brokenSection, type Misfit, otherTrunk, unfitSection } from './conf_problems';

/** A bridge_init.conf with a section for a new bridge, or why it cannot have one. */
export type EditedConf =
  { readonly text: string; readonly vlans: BridgeVlans } | { readonly problem: Problem };

const DEFAULT_PVID = 1 as Vid;

/** The comment before a section that addSection has written. */
const ADDED = '# Added by `kvmvlan bridge create`.';

/**
 * Adds a section for a new bridge. If the user has written one already, it stays as it is, and its VLANs are those that
 * the network manager's configuration gets too.
 *
 * @param text of bridge_init.conf; null: it does not exist
 * @param needed the VLANs of VLAN interfaces that move to the bridge
 */
export function addSection(
  text: string | null,
  file: string,
  {
    bridge,
    port,
    needed,
  }: { readonly bridge: string; readonly port: string; readonly needed: readonly Vid[] },
): EditedConf {
  const was = text ?? '';
  const conf = readBridgeInitConf(was, file);
  const own = readIni(was, file).sections.find(({ name }) => name === bridge);
  if (own !== undefined) {
    const section = { file, line: own.line, bridge };
    const rule = conf.rules.find((each) => each.bridge === bridge);
    if (rule === undefined) return { problem: brokenSection(section) };
    if (!rule.trunkPorts.includes(port)) return { problem: otherTrunk(section, port) };
    const vlans = vlansOf(rule, needed);
    const why = unfit(rule, vlans, needed);
    return why === null ? { text: was, vlans } : { problem: unfitSection(section, why) };
  }
  if (conf.mayHide) return { problem: brokenHeader(file) };
  const tags = formatVidList(needed);
  const lines = [
    `[${bridge}]`,
    `trunk-port = ${port}`,
    'trunk-pvid = 1',
    'trunk-tags = auto',
    ...(tags === '' ? [] : [`trunk-tags-always = ${tags}`]),
    'br-pvid = 1',
    ...(tags === '' ? [] : [`br-tags = ${tags}`]),
  ];
  const start = was === '' || was.endsWith('\n\n') ? was : `${was.replace(/\n?$/, '\n')}\n`;
  const added = `${start}${ADDED}\n${lines.join('\n')}\n`;
  // [DEFAULT] may have keys that do not fit this section.
  const rule = readBridgeInitConf(added, file).rules.find((each) => each.bridge === bridge);
  const section = { file, line: null, bridge };
  if (rule === undefined) return { problem: brokenSection(section) };
  const vlans = vlansOf(rule, needed);
  const why = unfit(rule, vlans, needed);
  return why === null ? { text: added, vlans } : { problem: unfitSection(section, why) };
}

/** The VLANs of a section; where it does not say any, those that the host needs. */
function vlansOf({ own, trunk, autoTrunk, defaultPvid }: BridgeRule, needed: readonly Vid[]): BridgeVlans {
  const pvid = own?.pvid ?? (trunk ?? autoTrunk)?.pvid ?? defaultPvid ?? DEFAULT_PVID;
  const host = portVlans({ pvid, tagged: needed });
  return {
    ...(defaultPvid === undefined ? {} : { defaultPvid }),
    own: own ?? host,
    isAuto: autoTrunk !== undefined,
    trunk: trunk ?? (autoTrunk === undefined ? host : autoTrunkVlans(autoTrunk, [], own ?? host)),
  };
}

/** null: the section fits the host and its bridge. */
function unfit(
  { filtering, protocol }: BridgeRule,
  { own, trunk }: BridgeVlans,
  needed: readonly Vid[],
): Misfit | null {
  if (!filtering) return { kind: 'no-filtering' };
  if (protocol === '802.1ad') return { kind: 'other-protocol' };
  if (own.pvid === null || trunk.pvid === null) return { kind: 'no-pvid' };
  if (own.pvid !== trunk.pvid) return { kind: 'different-pvids' };
  if (needed.includes(own.pvid)) return { kind: 'pvid-in-use', pvid: own.pvid };
  const lacks = (vlans: PortVlans): Vid[] => needed.filter((vid) => !vlans.vlans.has(vid));
  const absent = { own: lacks(own), trunk: lacks(trunk) };
  return absent.own.length + absent.trunk.length === 0 ? null : { kind: 'lacks-vlans', ...absent };
}

/** The conf without the section of a bridge that is removed, and without the comment that addSection wrote. */
export function removeSection(text: string, file: string, bridge: string): string {
  const { sections } = readIni(text, file);
  const own = sections.find(({ name, line }) => name === bridge && line > 0);
  if (own === undefined) return text;
  const lines = text.split('\n');
  const next = lines.findIndex((line, index) => index >= own.line && /^\s*\[/.test(line));
  const isOurs = lines[own.line - 2]?.startsWith(ADDED) === true;
  const start = lines.slice(0, own.line - (isOurs ? 2 : 1));
  // Comments right before the next section belong to it.
  let end = next < 0 ? lines.length : next;
  while (end > own.line && next >= 0 && /^\s*[#;]/.test(lines[end - 1] ?? '')) end--;
  const rest = lines.slice(end);
  return `${[...start, ...rest].join('\n').replace(/\n+$/, '')}\n`;
}
