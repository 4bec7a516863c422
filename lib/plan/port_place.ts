import { describeRule } from '../model/match/describe_rule';
import { expectedBridge, type WantedPort } from '../model/match/match_ports';
import type { Problem } from '../model/problem';
import { shellName, shellQuote } from '../text/shell_quote';
import type { Host } from '../model/host/host';
import type { Claims } from './claims';
import { mayBeGuests } from './may_be_guests';

/** Whether a guest's port may be set, and what is wrong with it. */
export interface PortPlace {
  readonly canBeSet: boolean;
  readonly problem: Problem | null;
  /** The same in few words, for a column. */
  readonly words: string | null;
}

const FINE: PortPlace = { canBeSet: true, problem: null, words: null };

/**
 * Whether a port is the guest's to set, is in the right bridge, and its VLANs count there. A guest's XML is the guest's
 * word: a name in it gives it no port that is not its tap, no trunk, and none that another running guest claims.
 *
 * @param trunks the trunk ports of all bridges
 */
export function portPlace(
  port: WantedPort,
  host: Host,
  claims: Claims,
  trunks: ReadonlySet<string>,
): PortPlace {
  const { dev, guest, iface, rule } = port;
  const refuse = (words: string, message: string, hint: string, canBeSet = false): PortPlace => ({
    canBeSet,
    problem: {
      level: 'error',
      message: `port ${dev} of guest ${guest}: ${message} (${describeRule(rule)}).`,
      hint,
    },
    words,
  });
  const others = (claims.get(dev) ?? []).filter((name) => name !== guest);
  if (others.length > 0 && iface === null)
    return refuse(
      `belongs to ${others.join(', ')}`,
      `it belongs to the running guest ${others.join(' and ')}`,
      `Correct the section; \`virsh domiflist ${shellName(others[0] ?? '')}\` lists its interfaces.`,
    );
  if (others.length > 0)
    return refuse(
      `also claimed by ${others.join(', ')}`,
      `it is claimed by the running guest ${others.join(' and by ')} too, so it is set for neither`,
      `Give one of them another <target dev='…'/>; \`virsh domiflist ${shellName(others[0] ?? '')}\` lists its interfaces.`,
    );
  const link = host.links.get(dev);
  if (link === undefined)
    return refuse(
      'not there',
      // By hand and without the guest's XML, a port that is not there is a guest that does not run.
      iface === null ? 'there is no such interface: the guest does not run' : 'there is no such interface',
      `Start the guest, or correct the section; \`virsh domiflist ${shellName(guest)}\` lists its interfaces.`,
    );
  if (trunks.has(dev) || !mayBeGuests(link))
    return refuse(
      "not the guest's",
      `${trunks.has(dev) ? 'it is a trunk of the host' : `it is no tap, but ${describeKind(link.kind)}`}, not this guest's`,
      `Give the guest's interface another <target dev='…'/>: \`virsh edit ${shellName(guest)}\`.`,
    );
  const found = host.ports.get(dev);
  if (found === undefined)
    return refuse(
      'in no bridge',
      'it is not in a Linux bridge',
      `Give it <source bridge='…'/> in the guest's XML, or \`ip link set ${shellQuote(dev)} master BRIDGE\`, or take the section out.`,
    );
  const expected = expectedBridge(port) ?? found.bridge;
  if (found.bridge !== expected)
    return refuse(
      `in ${found.bridge}, not ${expected}`,
      `it is in bridge ${found.bridge}, not in ${expected}`,
      `Put it back with \`ip link set ${shellQuote(dev)} master ${shellQuote(expected)}\`, or correct the section and the guest's XML.`,
    );
  if (host.bridges.get(found.bridge)?.filtering !== true)
    return refuse(
      `bridge ${found.bridge} does not filter VLANs`,
      `bridge ${found.bridge} does not filter VLANs, so every guest on it hears every VLAN`,
      `Give it a section [${found.bridge}] in bridge_init.conf and run \`bridge_init\`, or \`ip link set ${shellQuote(found.bridge)} type bridge vlan_filtering 1\`.`,
      true,
    );
  return FINE;
}

function describeKind(kind: string | null): string {
  return kind === null ? 'a physical device' : `a device of kind ${kind}`;
}
