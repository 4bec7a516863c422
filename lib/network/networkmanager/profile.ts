import type { Egress, PortVlans } from '../../model/vlan/port_vlans';
import { toVid, type Vid } from '../../model/vlan/vid';
import { parseBoolean } from '../booleans';
import { parseVidRange } from '../bridge_vlans';
import type { ProfileName } from '../contradiction';
import { parseSections, valueOf } from '../sections';

/** The settings of a NetworkManager connection profile that concern a bridge. */
export interface Profile extends ProfileName {
  readonly interfaceName: string | null;
  /**
   * NetworkManager generated it for an interface that another program configured, and does not change that interface.
   */
  readonly isExternal: boolean;
  readonly filtering: boolean;
  /** null: none. */
  readonly defaultPvid: Vid | null;
  /** `bridge.vlans`, without the default PVID. */
  readonly vlans: PortVlans;
  /** `bridge-port.vlans`, also without the default PVID. */
  readonly portVlans: PortVlans;
}

/** netplan writes its profiles under this name. Source: netplan, src/nm.c. */
const OF_NETPLAN = '/run/NetworkManager/system-connections/netplan-';

/** Reads a keyfile. The defaults are those of nm-settings-nmcli(5): no filtering, default PVID 1. */
export function parseProfile(text: string, file: string): Profile {
  const sections = parseSections(text);
  const value = (section: string, key: string): string | null => valueOf(sections, section, key);
  const isYes = (section: string, key: string): boolean => parseBoolean(value(section, key) ?? '') === true;
  return {
    id: value('connection', 'id'),
    uuid: value('connection', 'uuid'),
    file,
    type: value('connection', 'type') ?? '',
    netplan: file.startsWith(OF_NETPLAN),
    interfaceName: value('connection', 'interface-name'),
    isExternal: isYes('.nmmeta', 'external'),
    filtering: isYes('bridge', 'vlan-filtering'),
    defaultPvid: toVid(Number(value('bridge', 'vlan-default-pvid') ?? 1)),
    vlans: parseVlans(value('bridge', 'vlans') ?? ''),
    portVlans: parseVlans(value('bridge-port', 'vlans') ?? ''),
  };
}

/** Parses `1 pvid untagged,100,200-299`. Invalid words are skipped: NetworkManager itself rejects such a profile. */
function parseVlans(text: string): PortVlans {
  let pvid: Vid | null = null;
  const vlans = new Map<Vid, Egress>();
  for (const item of text.split(',')) {
    const [range = '', ...flags] = item.trim().split(/\s+/);
    const vids = parseVidRange(range) ?? [];
    for (const vid of vids) vlans.set(vid, flags.includes('untagged') ? 'untagged' : 'tagged');
    if (flags.includes('pvid')) pvid = vids[0] ?? null;
  }
  return { pvid, vlans };
}
