import { portRulesFor } from '../../model/match/match_ports';
import { matchesInterface } from '../../model/match/match_rules';
import type { Vid } from '../../model/vlan/vid';
import { toGuest } from '../../system/libvirt/read_guests';
import type { Switch } from '../../plan/switch/switch';
import type { FrameFacts } from './facts';

/** The VLANs that a bridge needs, each with one port or guest that needs it. Includes guests that do not run. */
export function neededVlans({ bridge, ports }: Switch, facts: FrameFacts): Map<Vid, string> {
  const needed = new Map<Vid, string>();
  const need = (vids: Iterable<Vid>, who: string): void => {
    for (const vid of vids) if (!needed.has(vid)) needed.set(vid, who);
  };
  for (const { role, guest, name, vlans, wanted } of ports) {
    if (role === 'trunk' || role === 'tunnel') continue;
    const who = role === 'host' ? 'the host' : guest === null ? `port ${name}` : `guest ${guest}`;
    need((wanted ?? vlans).vlans.keys(), who);
  }
  for (const domain of facts.stopped ?? []) {
    const { rules } = portRulesFor(facts.vlanFiltering, toGuest(domain));
    for (const iface of domain.interfaces.filter((each) => each.bridge === bridge.name)) {
      const rule = rules.find(({ conditions }) => matchesInterface(conditions, iface));
      need(rule?.wish?.vlans.vlans.keys() ?? [], `guest ${domain.name}`);
    }
  }
  return needed;
}
