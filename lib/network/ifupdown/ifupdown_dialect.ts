import { shellQuote } from '../../text/shell_quote';
import { type PortVlans, vidsLeaving } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import { formatRange, toRanges } from '../../model/vlan/vid_list';
import type { BridgeRequest } from '../backend';
import type { Dialect, VlanStanza } from './dialect';
import { keyOf, newLine, indentOf, type InterfacesLine, type Stanza } from './interfaces_text';

/** How long the bridge waits for a port that udev starts, in seconds. */
const WAIT = 30;

/**
 * ifupdown: commands of iproute2, because the options of bridge-utils do nothing without brctl, and set the MAC and
 * filtering only after the bridge was created. The bridge is not deleted by ifdown, so guests stay on it.
 */
export const ifupdownDialect: Dialect = {
  refusals: () => [],
  warnings: () => [],

  bridge({ bridge, port, bridgeVlans }, isLate) {
    const [br, dev] = [shellQuote(bridge), shellQuote(port.name)];
    const { own, trunk } = bridgeVlans;
    const defaultPvid = defaultPvidOf(bridgeVlans);
    const options = `vlan_filtering 1 vlan_default_pvid ${defaultPvid ?? 0} stp_state 0 forward_delay 0`;
    return [
      ...(isLate
        ? [`pre-up timeout ${WAIT} sh -c 'until test -e /sys/class/net/${dev}; do sleep 0.1; done'`]
        : []),
      `pre-up test -e /sys/class/net/${br} || ip link add name ${br} address ${port.mac} type bridge ${options}`,
      `pre-up ip link set dev ${dev} master ${br} up`,
      ...[...addVlans(`dev ${br} self`, own, defaultPvid), ...addVlans(`dev ${dev}`, trunk, defaultPvid)].map(
        (command) => `pre-up ${command}`,
      ),
    ];
  },

  // The host speaks IPv6 through the bridge only: router advertisements must not reach the port. A bond is created by
  // a script that runs after the commands of pre-up.
  port: ({ bridge, port, bridgeVlans }, isHotplug) => [
    `${port.kind === 'bond' ? 'up' : 'pre-up'} ${ipv6Of(port.name, 'off')}`,
    // When the NIC comes back, as after its driver was loaded again, nothing starts the bridge again.
    ...(isHotplug
      ? [
          `ip link set dev ${shellQuote(port.name)} master ${shellQuote(bridge)}`,
          ...addVlans(`dev ${shellQuote(port.name)}`, bridgeVlans.trunk, defaultPvidOf(bridgeVlans)),
        ].map((command) => `up test ! -e /sys/class/net/${shellQuote(bridge)} || ${command}`)
      : []),
  ],

  vlan(vlan, request) {
    const start = `pre-up ifquery --state ${shellQuote(request.bridge)} >/dev/null || ifup ${shellQuote(request.bridge)}`;
    if (isPlain(vlan.vlan.name)) return withParent(vlan, request, [start]);
    if (vlan.vlan.name.includes('.')) return withParent(vlan, request, [start, create(vlan, request)]);
    return withCommand(vlan, request, start);
  },
};

/** Without a line in conf, the bridge gets the PVID of the host. */
function defaultPvidOf({ defaultPvid, own }: BridgeRequest['bridgeVlans']): Vid | null {
  return defaultPvid === undefined ? own.pvid : defaultPvid;
}

/** Adds the VLANs of the bridge or its port, which has the default PVID already. */
function addVlans(dev: string, vlans: PortVlans, defaultPvid: Vid | null): string[] {
  const { pvid } = vlans;
  const tagged = vidsLeaving(vlans, 'tagged').filter((vid) => vid !== defaultPvid);
  return [
    ...(pvid === null || pvid === defaultPvid ? [] : [`bridge vlan add vid ${pvid} ${dev} pvid untagged`]),
    ...(defaultPvid === null || defaultPvid === pvid
      ? []
      : [`bridge vlan ${vlans.vlans.has(defaultPvid) ? 'add' : 'del'} vid ${defaultPvid} ${dev}`]),
    ...toRanges(tagged).map((range) => `bridge vlan add vid ${formatRange(range)} ${dev}`),
  ];
}

/** A command that turns IPv6 of an interface on or off. */
export function ipv6Of(dev: string, state: 'on' | 'off'): string {
  return `sysctl -q -e -w ${shellQuote(`net/ipv6/conf/${dev}/disable_ipv6=${state === 'off' ? 1 : 0}`)}`;
}

/** Names that the script of Debian's package vlan makes of vlan-raw-device and a VID. */
function isPlain(name: string): boolean {
  return /^vlan\d+$/.test(name);
}

/**
 * ifupdown itself creates eth0.200 on eth0 before it runs any command, and the script of the package vlan takes the
 * parent from the name, even with vlan-raw-device. Source: link.defn 0.8.41, vlan 2.0.5.
 */
function create({ vlan, link }: VlanStanza, { bridge }: BridgeRequest): string {
  const [name, br] = [shellQuote(vlan.name), shellQuote(bridge)];
  const protocol = link?.vlan?.protocol === '802.1ad' ? 'protocol 802.1ad ' : '';
  return `pre-up ip link del dev ${name} 2>/dev/null; ip link add link ${br} name ${name} type vlan ${protocol}id ${vlan.vid}`;
}

function withParent({ stanza, vlan, isFirst }: VlanStanza, request: BridgeRequest, lines: string[]): Stanza {
  const indent = indentOf(stanza);
  const body = stanza.body.flatMap((option): InterfacesLine[] => {
    if (keyOf(option) !== 'vlan-raw-device') return [option];
    return isPlain(vlan.name) ? [newLine(`${indent}vlan-raw-device ${request.bridge}`)] : [];
  });
  return { ...stanza, body: [...(isFirst ? lines : []).map((line) => newLine(indent + line)), ...body] };
}

/** A VLAN interface that a command in its stanza creates, as `pre-up ip link add link eth0 name lan type vlan id 5`. */
function withCommand(
  { stanza, isFirst }: VlanStanza,
  { bridge, port }: BridgeRequest,
  start: string,
): Stanza | null {
  const parent = new RegExp(
    `(\\bip\\s.*\\blink\\s+add\\b.*\\blink\\s+)${port.name.replaceAll('.', '\\.')}(?=\\s)`,
  );
  if (!isFirst) return stanza;
  if (!stanza.body.some(({ raw }) => parent.test(raw))) return null;
  const changed = stanza.body.map((option): InterfacesLine => {
    return parent.test(option.raw) ? newLine(option.raw.replace(parent, `$1${bridge}`)) : option;
  });
  return { ...stanza, body: [newLine(indentOf(stanza) + start), ...changed] };
}
