import { readBridgeInitConf, type BridgeRule } from '../../model/conf/bridge_init_conf';
import { readIni } from '../../model/conf/read_ini';
import type { Problem } from '../../model/problem';
import { autoTrunkVlans } from '../../model/vlan/auto_trunk';
import { portVlans } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import { formatVidList } from '../../model/vlan/vid_list';
import { shellQuote } from '../../text/shell_quote';
import type { BridgeVlans } from '../backend';

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
    const rule = conf.rules.find((each) => each.bridge === bridge);
    if (rule === undefined)
      return refuse(
        `${file}:${own.line}: the section [${bridge}] has an error`,
        '`bridge_init --dry-run` shows it.',
      );
    if (!rule.trunkPorts.includes(port))
      return refuse(
        `${file}:${own.line}: the section [${bridge}] does not have trunk-port = ${port}`,
        'Correct it, or remove the section.',
      );
    const vlans = vlansOf(rule, needed);
    const why = unfit(rule, vlans, needed);
    return why === null
      ? { text: was, vlans }
      : refuse(`${file}:${own.line}: the section [${bridge}] ${why[0]}`, why[1]);
  }
  if (conf.mayHide)
    return refuse(
      `${file} has a broken header, which may hide a section`,
      '`bridge_init --dry-run` shows it.',
    );
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
  if (rule === undefined)
    return refuse(
      `${file}: with its [DEFAULT], a section [${bridge}] would have an error`,
      `Write the section yourself, see bridge_init.conf(5); \`bridge_init --dry-run ${shellQuote(file)}\` shows errors.`,
    );
  const vlans = vlansOf(rule, needed);
  const why = unfit(rule, vlans, needed);
  return why === null
    ? { text: added, vlans }
    : refuse(
        `${file}: with its [DEFAULT], a section [${bridge}] ${why[0]}`,
        `Write the section yourself. ${why[1]}`,
      );
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

/** Why a section does not fit the host and its bridge, and what to do; null: it does. */
function unfit(
  { filtering, protocol }: BridgeRule,
  { own, trunk }: BridgeVlans,
  needed: readonly Vid[],
): readonly [message: string, hint: string] | null {
  if (!filtering) return ['has vlan-filtering = no', 'Remove this line: the bridge filters VLANs.'];
  if (protocol === '802.1ad')
    return ['has vlan-protocol = 802.1ad', 'Remove this line: the host uses 802.1Q.'];
  if (own.pvid === null || trunk.pvid === null)
    return [
      "has br-pvid = none or trunk-pvid = none, so the host's untagged frames would not leave",
      'Set both to the VLAN in which the host has its addresses, usually 1.',
    ];
  if (own.pvid !== trunk.pvid)
    return [
      "has different br-pvid and trunk-pvid, so the host's untagged frames would not leave",
      'Make them equal: the host keeps the addresses that it has on the port now.',
    ];
  if (needed.includes(own.pvid))
    return [
      `has the PVID ${own.pvid}, which is also the VLAN of a VLAN interface of the host`,
      'Set br-pvid and trunk-pvid to another VLAN that your network does not use: it is the one of untagged frames.',
    ];
  const absent = (['own', 'trunk'] as const).flatMap((which) => {
    const vids = needed.filter((vid) => !(which === 'own' ? own : trunk).vlans.has(vid));
    return vids.length === 0
      ? []
      : [`${which === 'own' ? 'br-tags' : 'trunk-tags'} for ${formatVidList(vids)}`];
  });
  return absent.length === 0
    ? null
    : [
        `lacks ${absent.join(' and ')}, VLANs of the host's VLAN interfaces`,
        'Add them, or remove the section.',
      ];
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

function refuse(message: string, hint: string): EditedConf {
  return { problem: { level: 'error', code: 'bridge-conf', message: `${message}.`, hint } };
}
