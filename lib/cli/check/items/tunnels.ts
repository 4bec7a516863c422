import type { BridgeRule } from '../../../model/conf/bridge_init_conf';
import { cutTunnels, describeTunnels } from '../../../model/vlan/tunnels';
import type { Vid } from '../../../model/vlan/vid';
import { formatRange, formatVidList, toRanges } from '../../../model/vlan/vid_list';
import type { Switch, SwitchPort } from '../../../plan/switch/switch';
import { shellQuote } from '../../../text/shell_quote';
import type { FrameFacts } from '../facts';
import type { Finding } from '../finding';

const ITEM = 'tunnel';

/** Checks for tunnels that are cut, and for VLANs that leave through a trunk too. */
export function checkTunnels(one: Switch, facts: FrameFacts): Finding[] {
  return [...one.ports.flatMap((port) => checkCut(one, port)), ...checkTwoWays(one, facts)];
}

/** Whether mapped VLANs keep their tag: without it the tunnel does not take their frames, and nothing else says so. */
function checkCut({ bridge }: Switch, { name, vlans, tunnels }: SwitchPort): Finding[] {
  if (tunnels === null) return [];
  const cut = cutTunnels(tunnels, vlans);
  if (cut.length === 0) {
    const message = `${name} of ${bridge.name} sends VLANs through a tunnel: ${describeTunnels(tunnels)}`;
    return [{ item: ITEM, code: 'ok', level: 'ok', message, remedy: null }];
  }
  const message = `VLAN ${formatVidList(cut)} leaves ${name} of ${bridge.name} untagged, so the tunnel does not carry it`;
  return [
    { item: ITEM, code: 'tunnel-untagged', level: 'failure', message, remedy: bridgeVlan('add', name, cut) },
  ];
}

/** VLANs that a trunk and a tunnel both carry. Those in trunk-tags-always are meant to be on both. */
function checkTwoWays({ bridge, ports }: Switch, { bridgeInit }: FrameFacts): Finding[] {
  const rule = bridgeInit.rules.find((each) => each.bridge === bridge.name);
  if (rule === undefined) return [];
  const tunnelsOf = (vid: Vid): string[] =>
    ports.filter(({ tunnels }) => tunnels?.has(vid)).map(({ name }) => name);
  return ports.flatMap(({ name, role, vlans, tunnels }): Finding[] => {
    if (role !== 'trunk' || tunnels !== null) return [];
    const vids = [...vlans.vlans.keys()].filter(
      (vid) => tunnelsOf(vid).length > 0 && rule.autoTrunk?.always.has(vid) !== true,
    );
    if (vids.length === 0) return [];
    const others = [...new Set(vids.flatMap(tunnelsOf))].join(', ');
    const message = `VLAN ${formatVidList(vids)} leaves ${bridge.name} through trunk ${name} and through tunnel ${others}: a loop if another host does the same`;
    return [
      { item: ITEM, code: 'trunk-and-tunnel', level: 'warning', message, remedy: oneWay(rule, name, vids) },
    ];
  });
}

function oneWay({ place, trunk, autoTrunk }: BridgeRule, name: string, vids: readonly Vid[]): string {
  const isInConf = vids.some((vid) => trunk?.vlans.has(vid) === true || autoTrunk?.pvid === vid);
  return isInConf
    ? `sudoedit ${shellQuote(place.file)} && sudo bridge_init   # line ${place.line}: remove it from the trunk, or set trunk-tags = auto and trunk-tags-always`
    : `${bridgeVlan('del', name, vids)}   # unless the host is reached through it: then add it to trunk-tags-always`;
}

function bridgeVlan(action: 'add' | 'del', dev: string, vids: readonly Vid[]): string {
  return toRanges(vids)
    .map((range) => `sudo bridge vlan ${action} dev ${shellQuote(dev)} vid ${formatRange(range)}`)
    .join(' && ');
}
