import { describeRule } from '../../../model/match/describe_rule';
import { shellName } from '../../../text/shell_quote';
import type { PortFlag } from '../../../model/vlan/port_flags';
import { editAt } from '../edit_at';
import type { FrameFacts } from '../facts';
import type { Finding } from '../finding';

/** Flags that libvirt sets itself if it writes the forwarding table (virnetdevbridge.c). */
const BY_LIBVIRT: readonly PortFlag[] = ['learning', 'flood'];

/** Checks for conf that contradicts libvirt's own settings: `<vlan>`, and networks with macTableManager='libvirt'. */
export function checkLibvirtVlans({ state }: FrameFacts): Finding[] {
  if (state === null) return [];
  const wanted = state.matches.flatMap((match) => match.wanted);
  const twice = wanted
    .filter(({ iface }) => iface?.libvirtVlan === true)
    .map(({ dev, guest, rule }): Finding => ({
      item: 'libvirt-vlan',
      code: 'vlans-set-twice',
      level: 'warning',
      message: `port ${dev} of guest ${guest} gets VLANs from its own <vlan> and from ${describeRule(rule)}; kvmvlan sets them last`,
      remedy: `virsh edit ${shellName(guest)}   # remove <vlan>, or remove the section`,
    }));
  const byLibvirt = new Set(
    state.switches.flatMap((one) => (one.macTableManager === 'libvirt' ? [one.bridge.name] : [])),
  );
  const flags = wanted.flatMap(({ dev, rule, wish }): Finding[] => {
    const bridge = state.host.ports.get(dev)?.bridge ?? '';
    const names = BY_LIBVIRT.filter((flag) => wish.flags[flag] === true);
    if (!byLibvirt.has(bridge) || names.length === 0) return [];
    return [
      {
        item: 'mac-table',
        code: 'mac-table-by-libvirt',
        level: 'warning',
        message: `${describeRule(rule)} turns ${names.join(' and ')} on for port ${dev}, but libvirt writes the MAC table of ${bridge} and turns it off`,
        remedy: `${editAt(rule.place)}: remove ${names.join(' and ')}`,
      },
    ];
  });
  const filtering = state.bridgeInit.rules
    .filter(({ bridge, filtering: isOn }) => byLibvirt.has(bridge) && !isOn)
    .map(({ bridge, place }): Finding => ({
      item: 'mac-table',
      code: 'mac-table-by-libvirt',
      level: 'warning',
      message: `${place.file}:${place.line}: [${bridge}] turns VLAN filtering off, but libvirt writes the MAC table of ${bridge} and turns it on`,
      remedy: `${editAt(place)}: remove vlan-filtering`,
    }));
  return [...twice, ...flags, ...filtering];
}
