import { shellQuote } from '../text/shell_quote';
import { isAtLeast } from './version';
import { formatNmVlans } from './bridge_vlans';
import type { Contradiction, NmWish, ProfileName, StanzaEdit } from './contradiction';
import { bridgeVlanSection } from './networkd/bridge_vlan_section';

/** Undoes what a manager has changed in the meantime. */
const REPAIR = 'sudo kvmvlan repair';

/** From this version on, NetworkManager's reapply does not touch VLANs that are right: commit f990f9b4e4. */
const GENTLE = '1.46';

/** The command that fixes a contradiction, ready to be pasted. */
export function remedyFor(found: Contradiction): string {
  switch (found.code) {
    case 'nm-filtering-off':
      return nmRemedy(found.bridge, found.profile, found.wish);
    case 'nm-not-applied':
      return reapply(found.bridge, found.version);
    case 'nm-default-pvid':
      return nmRemedy(found.bridge, found.profile, found.wish);
    case 'nm-resets-to-vlan': {
      const { file, line } = found.place ?? { file: '/etc/libvirt/hooks/conf/bridge_init.conf', line: 1 };
      const what = `default-pvid = none, or ${found.has} if all new ports belong there`;
      return `${edit(file)}   # line ${line}: ${what}; then kvmvlan check`;
    }
    case 'nm-vlans': {
      const key = found.dev === found.bridge ? 'bridge.vlans' : 'bridge-port.vlans';
      return `${modify(found.profile, [[key, formatNmVlans(found.wanted)]])}   # takes effect at the next activation`;
    }
    case 'networkd-filtering-off':
      return networkdDropIn(found.file, 'filtering', '[Bridge]\nVLANFiltering=yes\n');
    case 'networkd-default-pvid':
      return networkdDropIn(found.file, 'default-pvid', `[Bridge]\nDefaultPVID=${found.wanted ?? 'none'}\n`);
    case 'networkd-vlans':
      return found.extra.length > 0 || found.pvid === null
        ? `${edit(found.file)}   # [BridgeVLAN]: a drop-in cannot remove VLANs`
        : networkdDropIn(found.file, 'vlans', bridgeVlanSection(found.wanted));
    case 'networkd-takes-taps':
      return unmanaged(found.file, found.taps);
    case 'ifupdown2-filtering-off':
    case 'ifupdown2-drops-taps':
    case 'ifupdown2-vlans':
      return editStanzas(found.edits, found.place);
    case 'two-managers':
      return `networkctl status ${shellQuote(found.bridge)}; nmcli device show ${shellQuote(found.bridge)}`;
  }
}

function nmRemedy(bridge: string, profile: ProfileName, wish: NmWish): string {
  const settings: [string, string][] = [
    ['bridge.vlan-filtering', 'yes'],
    ['bridge.vlan-default-pvid', String(wish.defaultPvid ?? 0)],
    ...(wish.own === undefined ? [] : [['bridge.vlans', formatNmVlans(wish.own)] as [string, string]]),
  ];
  // The trunks come first: the bridge's settings must not take effect before theirs.
  const trunks = wish.trunks.map((trunk) =>
    modify(trunk.profile, [['bridge-port.vlans', formatNmVlans(trunk.vlans)]]),
  );
  const isOfNetplan = profile.netplan || wish.trunks.some((trunk) => trunk.profile.netplan);
  const generate = isOfNetplan ? ['sudo netplan generate', 'sudo nmcli con reload'] : [];
  return [...trunks, modify(profile, settings), ...generate, reapply(bridge, wish.version)].join(' && ');
}

/** Makes an edited profile take effect, and then repairs the guests' ports. */
function reapply(bridge: string, version: string | null): string {
  const command = `sudo nmcli device reapply ${shellQuote(bridge)} && ${REPAIR}`;
  return version !== null && isAtLeast(version, GENTLE)
    ? command
    : `${command}   # before NetworkManager ${GENTLE} this turns filtering off for some milliseconds`;
}

function modify(profile: ProfileName, settings: readonly (readonly [string, string])[]): string {
  if (profile.netplan) return netplanSet(profile, settings);
  const name = profile.id !== null ? shellQuote(profile.id) : `uuid ${profile.uuid ?? ''}`;
  return `sudo nmcli con mod ${name} ${settings.map(([key, value]) => `${key} ${shellQuote(value)}`).join(' ')}`;
}

/** netplan has no keys for VLANs of a bridge, but it can pass settings through to NetworkManager. */
function netplanSet(profile: ProfileName, settings: readonly (readonly [string, string])[]): string {
  const list = settings.map(([key, value]) => `${key}: "${value === 'yes' ? 'true' : value}"`).join(', ');
  const where = `${profile.type}s.${(profile.id ?? '').replace(/^netplan-/, '')}`;
  return `sudo netplan set ${shellQuote(`${where}.networkmanager={passthrough: {${list}}}`)}`;
}

/**
 * netplan writes its files again at each boot, but drop-ins for them in /etc are also read.
 *
 * @param about part of the drop-in's name: a file can need several drop-ins, and none may replace another
 */
function networkdDropIn(file: string, about: string, text: string): string {
  const folder = `/etc/systemd/network/${file.slice(file.lastIndexOf('/') + 1)}.d`;
  return `sudo mkdir -p ${shellQuote(folder)} && ${write(`${folder}/kvmvlan-${about}.conf`, text)} && sudo networkctl reload`;
}

/** Writes a file that sorts before the file that matches guests' ports. */
function unmanaged(file: string, taps: readonly string[]): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const names = ['vnet*', ...taps.filter((tap) => !/^vnet\d+$/.test(tap))].join(' ');
  const before = ['04-kvmvlan-guests.network', '00-kvmvlan-guests.network'].find((each) => each < name);
  const path = `/etc/systemd/network/${before ?? '000-kvmvlan-guests.network'}`;
  const text = `[Match]\nName=${names}\n\n[Link]\nUnmanaged=yes\n`;
  return `${write(path, text)} && sudo networkctl reload && ${REPAIR}`;
}

function write(path: string, text: string): string {
  const format = text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\n', '\\n');
  return `printf ${shellQuote(format)} | sudo tee ${shellQuote(path)}`;
}

function edit(file: string): string {
  return `sudoedit ${shellQuote(file)}`;
}

/** One sed command for all edits of a file: its line numbers are those of the unedited file. */
function editStanzas(edits: readonly StanzaEdit[], place: { file: string; line: number }): string {
  if (edits.length === 0) return `${edit(place.file)}   # line ${place.line}`;
  const byFile = new Map<string, string[]>();
  for (const { file, line, option, key, value } of edits) {
    const text = `    ${key} ${value.replaceAll('\\', '\\\\')}`;
    const script = option === null ? `${line}a\\${text}` : `${option}c\\${text}`;
    byFile.set(file, [...(byFile.get(file) ?? []), `-e ${shellQuote(script)}`]);
  }
  return [...byFile]
    .map(([file, scripts]) => `sudo sed -i ${scripts.join(' ')} ${shellQuote(file)}`)
    .join(' && ');
}
