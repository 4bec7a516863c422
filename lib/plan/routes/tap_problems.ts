import { formatIp, type IpAddress } from '../../model/address/ip_address';
import { describeRule, placeOfRule, type RuleSource } from '../../model/match/describe_rule';
import type { NetLink, NetRoute } from '../../model/network/host_network';
import type { Problem, Subject } from '../../model/problem';
import type { ProblemCode } from '../../model/problem_code';
import { shellName, shellQuote } from '../../text/shell_quote';
import { anotherTarget, describeKind, interfacesOf } from '../port_problems';
import type { RoutedTap } from './routed_tap';

// What is said about routed taps and their addresses. All of these sentences are in this file.

const GIVE_ANOTHER = 'Give one of them another address.';

/** @param others running guests, at least one */
export function tapClaimedByOthers(tap: RoutedTap, others: readonly string[]): Problem {
  return problem(
    tap,
    'route-claimed-by-others',
    `it is also claimed by the running guest ${others.join(' and by ')}, so it stays as it is.`,
    `Give one of them another <target dev='…'/>; ${interfacesOf(others[0] ?? '')}`,
  );
}

export function tapMissing(tap: RoutedTap): Problem {
  return problem(
    tap,
    'route-tap-missing',
    'there is no such interface on this host.',
    `Compare it with \`virsh domiflist ${shellName(tap.guest)}\`.`,
  );
}

export function noTap(tap: RoutedTap, { kind }: NetLink): Problem {
  return problem(
    tap,
    'route-no-tap',
    `it is ${describeKind(kind)}, not a tap of this guest.`,
    anotherTarget(tap.guest),
  );
}

export function tapInBridge(tap: RoutedTap, { master }: NetLink): Problem {
  return problem(
    tap,
    'route-in-bridge',
    `it is a port of ${master ?? 'a bridge'}, and an interface with addresses of its own cannot be one.`,
    "Remove it from there, and define the interface as <interface type='ethernet'>.",
  );
}

export function addressOfHost(tap: RoutedTap, { to, dev }: NetRoute): Problem {
  return problem(
    tap,
    'route-own-address',
    `${to} is an address of this host, on ${dev ?? 'an interface'}.`,
    'Give the guest another address.',
    { addresses: [to] },
  );
}

/**
 * @param guest the guest that the route is for; null: not known
 * @param source where it is wanted; null: nowhere
 */
export function addressTaken(
  tap: RoutedTap,
  { to, dev }: NetRoute,
  guest: string | null,
  source: RuleSource | null,
): Problem {
  const whose =
    guest === null ? `is routed to ${dev ?? 'nobody'} already` : `belongs to guest ${guest} (${dev})`;
  const where = source === null ? '' : `, ${describeRule(source)}`;
  return problem(tap, 'route-taken', `${to} ${whose}${where}.`, GIVE_ANOTHER, {
    addresses: [to],
    ...(dev === null ? {} : { interface: dev }),
  });
}

export function sharedAddress(tap: RoutedTap, { guest, dev, source }: RoutedTap): Problem {
  const message = `guest ${guest} (${dev}) should have the same address, ${describeRule(source)}.`;
  return problem(tap, 'route-taken', message, GIVE_ANOTHER, { interface: dev });
}

export function foreignRoute(tap: RoutedTap, { to, dev, via, table }: NetRoute): Problem {
  const how = [via === null ? '' : ` via ${via}`, dev === null ? '' : ` dev ${dev}`].join('');
  const where = table === 'main' ? '' : ` table ${table}`;
  return problem(
    tap,
    'route-foreign',
    `another program has made the route ${to}${how}${where}.`,
    `Remove it (\`ip route del ${shellQuote(to)}${how}${where}\`), or leave the address out.`,
    { addresses: [to], table },
  );
}

export function foreignProxy(tap: RoutedTap, address: IpAddress, dev: string): Problem {
  const text = formatIp(address);
  return problem(
    tap,
    'route-foreign',
    `another program has made the proxy entry for ${text} on ${dev}.`,
    `Remove it: \`ip neigh del proxy ${text} dev ${shellQuote(dev)}\`.`,
    { addresses: [text], interface: dev },
  );
}

/** @param name of the tap or its uplink */
export function nameNotFilterable(tap: RoutedTap, name: string): Problem {
  return problem(
    tap,
    'route-not-filterable',
    `nftables cannot filter the interface ${JSON.stringify(name)}: its name has one of the characters " * \\.`,
    'Choose another name for it. The name of a tap is `<target dev=…/>` in the domain XML.',
    { interface: name },
  );
}

export function macNotFilterable(tap: RoutedTap): Problem {
  return problem(
    tap,
    'route-not-filterable',
    `${tap.mac} is not a MAC address.`,
    'Correct the `<mac>` in the domain XML.',
  );
}

/** @param dev the interface that the network is on */
export function poolOnLink(pool: string, dev: string): Problem {
  return {
    level: 'warning',
    code: 'route-pool-on-link',
    message: `pool-route is ignored for ${pool}: the network is on ${dev} itself.`,
    hint: 'Remove `pool-route`: it is for networks that others route to this host.',
    subject: { interface: dev, addresses: [pool] },
  };
}

/**
 * A problem of a tap, with what it is about in front.
 *
 * @param about what else it is about
 */
export function problem(
  { dev, guest, source }: RoutedTap,
  code: ProblemCode,
  message: string,
  hint: string,
  about: Subject = {},
  level: Problem['level'] = 'error',
): Problem {
  return {
    level,
    code,
    message: `${dev} of guest ${guest} (${describeRule(source)}): ${message}`,
    hint,
    ...placeOfRule(source),
    subject: { guest, port: dev, ...about },
  };
}
