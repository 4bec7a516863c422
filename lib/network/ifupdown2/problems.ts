import type { Problem } from '../../model/problem';
import type { Vid } from '../../model/vlan/vid';
import { cannotKeep, refused } from '../bridge_problems';

// All sentences about ifupdown2 alone, one function for each problem.

/** What bridge_init.conf says for a bridge, and the only PVID that ifupdown2 can have. */
export interface OtherPvid {
  readonly pvid: Vid | null;
  readonly defaultPvid: Vid | null;
  readonly only: Vid;
}

export function otherPvid(bridge: string, { pvid, defaultPvid, only }: OtherPvid): Problem {
  return refused(
    `bridge_init.conf has the PVID ${pvid ?? 'none'} and default-pvid ${defaultPvid ?? 'none'} for ${bridge}, and ifupdown2 can only have ${only} for both.`,
    `Set br-pvid and trunk-pvid to ${only} and remove default-pvid in the section [${bridge}] and in [DEFAULT].`,
  );
}

export function mixedMethods(port: string): Problem {
  return refused(
    `the stanzas of ${port} have the methods dhcp and static: ifupdown2 takes only the first one for both IPv4 and IPv6.`,
    'Use one method, for example dhcp with `up ip addr add ADDRESS dev $IFACE` for the address, run `ifreload -a`, and try again.',
  );
}

export function turnsOnForwarding(bridge: string): Problem {
  return cannotKeep(
    `ifupdown2 turns on the forwarding of IPv4 and IPv6 for ${bridge}, as for every bridge with addresses: this host becomes a router for ${bridge}.`,
    'If it must not be one, drop forwarded packets in the firewall.',
  );
}
