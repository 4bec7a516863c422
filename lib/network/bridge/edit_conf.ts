import { readBridgeInitConf } from '../../model/conf/bridge_init_conf';
import { readIni } from '../../model/conf/read_ini';
import type { Problem } from '../../model/problem';
import { portVlans, type PortVlans } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import { formatVidList } from '../../model/vlan/vid_list';
import { shellQuote } from '../../text/shell_quote';

/** The VLANs that the host itself needs on a bridge: the PVID of bridge and uplink, and those that both carry tagged. */
export interface HostVlans {
  readonly pvid: Vid;
  readonly tagged: readonly Vid[];
}

/** A bridge_init.conf with a section for a new bridge, or why it cannot have one. */
export type EditedConf = { readonly text: string; readonly vlans: HostVlans } | { readonly problem: Problem };

const DEFAULT_PVID = 1 as Vid;

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
    if (rule.own !== undefined && rule.trunk !== undefined && rule.own.pvid !== rule.trunk.pvid)
      return refuse(
        `${file}:${own.line}: the section [${bridge}] has different br-pvid and trunk-pvid, so the host's untagged frames would not leave`,
        'Make them equal: the host keeps the addresses that it has on the port now.',
      );
    const vlans = hostVlans(rule.own ?? portVlans({ pvid: DEFAULT_PVID, tagged: needed }));
    const absent = needed.filter((vid) => !vlans.tagged.includes(vid));
    if (absent.length > 0)
      return refuse(
        `${file}:${own.line}: the section [${bridge}] does not have br-tags for the host's own VLANs ${formatVidList(absent)}`,
        'Add them, or remove the section.',
      );
    return { text: was, vlans };
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
  const added = `${start}# Added by \`kvmvlan bridge create\`.\n${lines.join('\n')}\n`;
  // [DEFAULT] may have keys that do not fit this section.
  const read = readBridgeInitConf(added, file);
  return read.rules.some((rule) => rule.bridge === bridge)
    ? { text: added, vlans: { pvid: DEFAULT_PVID, tagged: needed } }
    : refuse(
        `${file}: with its [DEFAULT], a section [${bridge}] would have an error`,
        `Write the section yourself, see bridge_init.conf(5); \`bridge_init --dry-run ${shellQuote(file)}\` shows errors.`,
      );
}

/** The conf without the section of a bridge that is removed, and without the comment that addSection wrote. */
export function removeSection(text: string, file: string, bridge: string): string {
  const { sections } = readIni(text, file);
  const own = sections.find(({ name, line }) => name === bridge && line > 0);
  if (own === undefined) return text;
  const lines = text.split('\n');
  const next = lines.findIndex((line, index) => index >= own.line && /^\s*\[/.test(line));
  const isOurs = lines[own.line - 2]?.startsWith('# Added by `kvmvlan bridge create`') === true;
  const start = lines.slice(0, own.line - (isOurs ? 2 : 1));
  // Comments right before the next section belong to it.
  let end = next < 0 ? lines.length : next;
  while (end > own.line && next >= 0 && /^\s*[#;]/.test(lines[end - 1] ?? '')) end--;
  const rest = lines.slice(end);
  return `${[...start, ...rest].join('\n').replace(/\n+$/, '')}\n`;
}

function hostVlans(own: PortVlans): HostVlans {
  const pvid = own.pvid ?? DEFAULT_PVID;
  return { pvid, tagged: [...own.vlans.keys()].filter((vid) => vid !== pvid) };
}

function refuse(message: string, hint: string): EditedConf {
  return { problem: { level: 'error', code: 'bridge-conf', message: `${message}.`, hint } };
}
