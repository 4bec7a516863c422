import type { BridgeRule } from '../model/conf/bridge_init_conf';
import type { PortRule, VlanFilteringConf } from '../model/conf/vlan_filtering_conf';
import type { Host } from '../model/host/host';
import type { Claims } from './claims';
import type { UnreadGuest } from '../model/guest/unread_guest';

/** A tap of a guest that cannot be read. */
export interface UnjudgedTap {
  readonly name: string;
  readonly guest: string;
}

/** Names that libvirt gives to taps itself (virnetdev.c, VIR_NET_GENERATED_VNET_PREFIX). */
const GENERATED = /^vnet\d+$/;

/**
 * The taps of guests that cannot be read, on bridges whose conf keeps unknown guests out: by quarantine or by
 * `default-pvid = none`. A tap that no readable guest claims belongs to such a guest if its name is in the guest's
 * status file or, if that has no text, if it is a name that libvirt generates.
 */
export function unjudgedTaps(
  unread: readonly UnreadGuest[],
  host: Host,
  claims: Claims,
  { rules }: VlanFilteringConf,
  bridges: readonly BridgeRule[],
): UnjudgedTap[] {
  const isClosed = (bridge: string): boolean =>
    bridges.some((rule) => rule.bridge === bridge && rule.defaultPvid === null) ||
    rules.some((rule) => isQuarantine(rule, bridge));
  const taps = [...host.ports.values()].filter(
    ({ name, kind, bridge, tunnels }) =>
      kind === 'tun' && tunnels === null && !claims.has(name) && isClosed(bridge),
  );
  return taps.flatMap(({ name }): UnjudgedTap[] => {
    const owner = unread.find(({ text }) =>
      text === null ? GENERATED.test(name) : [`'${name}'`, `"${name}"`].some((word) => text.includes(word)),
    );
    return owner === undefined ? [] : [{ name, guest: owner.guest }];
  });
}

/** A section for every interface of every guest on a bridge. */
function isQuarantine({ conditions, wish }: PortRule, bridge: string): boolean {
  const { guest = '*', bridge: own, ...others } = conditions;
  return wish !== null && guest === '*' && own === bridge && Object.keys(others).length === 0;
}
