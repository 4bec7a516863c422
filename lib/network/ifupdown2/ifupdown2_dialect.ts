import { shellCommand } from '../../text/shell_quote';
import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import { formatVidList } from '../../model/vlan/vid_list';
import type { Problem } from '../../model/problem';
import type { BridgeRequest } from '../backend';
import { methodOf } from '../ifupdown/inherited_options';
import type { Dialect } from '../ifupdown/dialect';
import { askForRouters, hearsRouters } from './hear_routers';
import { mixedMethods, otherPvid, turnsOnForwarding } from './problems';
import { ifaceHead, indentOf, keyOf, newLine, type Stanza } from '../ifupdown/interfaces_text';

/** ifupdown2 cannot set a default PVID or a PVID of the bridge itself, so these are the kernel's. */
const KERNELS_PVID = 1 as Vid;

/** ifupdown2: it enforces the VLANs of listed ports at each reload, and sorts interfaces by what they depend on. */
export const ifupdown2Dialect: Dialect = {
  refusals: (request, all) => [...refusePvid(request), ...refuseMixed(request, all)],

  // Source: _set_bridge_forwarding() in addons/address.py.
  warnings: ({ bridge }) => [turnsOnForwarding(bridge)],

  bridge: ({ bridge, port, network, bridgeVlans: { trunk } }) => [
    // ifupdown2 turns forwarding on while it creates the bridge, and runs no command between the two. With accept_ra 1, the
    // default, the kernel may then have decided not to ask for routers.
    ...(hearsRouters(port, network)
      ? askForRouters(port, bridge, '2').map((words) => `up ${shellCommand(words)}`)
      : []),
    `hwaddress ${port.mac}`,
    `bridge-ports ${port.name}`,
    'bridge-stp off',
    'bridge-fd 0',
    'bridge-vlan-aware yes',
    // These are about the port. A VLAN interface adds its own VLAN to the bridge.
    `bridge-pvid ${trunk.pvid ?? KERNELS_PVID}`,
    ...vidsOf(trunk),
    // A reload removes all ports that are neither listed nor matched by this pattern: the guests'.
    'bridge-ports-condone-regex .*',
  ],

  port: () => [],

  vlan({ stanza, vlan, link, isFirst }, { bridge }) {
    const own = /^vlan-(raw-device|id)$/;
    const protocol = link?.vlan?.protocol === '802.1ad' ? ['vlan-protocol 802.1ad'] : [];
    const lines = isFirst ? [`vlan-raw-device ${bridge}`, `vlan-id ${vlan.vid}`, ...protocol] : [];
    return {
      ...stanza,
      body: [
        ...lines.map((line) => newLine(indentOf(stanza) + line)),
        ...stanza.body.filter(
          (option) =>
            !own.test(keyOf(option)) && (protocol.length === 0 || keyOf(option) !== 'vlan-protocol'),
        ),
      ],
    };
  },
};

function vidsOf(trunk: PortVlans): string[] {
  const tagged = vidsLeaving(trunk, 'tagged');
  return tagged.length === 0 ? [] : [`bridge-vids ${formatVidList(tagged).replaceAll(',', ' ')}`];
}

function refusePvid({ bridge, bridgeVlans: { own, defaultPvid = KERNELS_PVID } }: BridgeRequest): Problem[] {
  if (own.pvid === KERNELS_PVID && defaultPvid === KERNELS_PVID) return [];
  return [otherPvid(bridge, { pvid: own.pvid, defaultPvid, only: KERNELS_PVID })];
}

/**
 * The method of the first stanza counts for all: with dhcp, ifupdown2 ignores addresses, and with static, it starts no
 * client. So the host would not get what its files say.
 */
function refuseMixed({ port }: BridgeRequest, all: readonly Stanza[]): Problem[] {
  const methods = all
    .filter((stanza) => {
      const name = ifaceHead(stanza)?.name ?? '';
      return name === port.name || name.startsWith(`${port.name}:`);
    })
    .map((stanza) => methodOf(stanza, all));
  if (!methods.includes('dhcp') || !methods.includes('static')) return [];
  return [mixedMethods(port.name)];
}
