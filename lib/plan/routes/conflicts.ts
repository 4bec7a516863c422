import { contains, equalIp, formatIp, formatPrefix, networkOf } from '../../model/address/ip_address';
import { describeRule, placeOfRule } from '../../model/match/describe_rule';
import type { NetRoute } from '../../model/network/host_network';
import type { Problem, Subject } from '../../model/problem';
import type { ProblemCode } from '../../model/problem_code';
import { PROTOCOL, type Routing } from '../../model/routes/routing';
import { shellName, shellQuote } from '../../text/shell_quote';
import { distinctProblems } from '../distinct_problems';
import { mayBeGuests } from '../may_be_guests';
import { isLeftOver, othersOf } from './leftovers';
import type { RoutedTap, RoutesDesired } from './routed_tap';
import { wantedProxies, wantedRoutes } from './wanted_routes';

/** The table of the host's own addresses. Source: rtnetlink(7), RT_TABLE_LOCAL. */
const LOCAL = '255';

/** Why a tap cannot be routed: it is not the guest's alone, or something of others is in the way. */
export function conflictsOf(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  const others = othersOf(tap, desired);
  if (others.length > 0)
    return [
      problem(
        tap,
        'route-claimed-by-others',
        `it is also claimed by the running guest ${others.join(' and by ')}, so it stays as it is.`,
        `Give one of them another <target dev='…'/>; \`virsh domiflist ${shellName(others[0] ?? '')}\` lists its interfaces.`,
      ),
    ];
  const link = routing.links.get(tap.dev);
  if (link === undefined)
    return [
      problem(
        tap,
        'route-tap-missing',
        'there is no such interface on this host.',
        `Compare it with \`virsh domiflist ${shellName(tap.guest)}\`.`,
      ),
    ];
  if (!mayBeGuests(link))
    return [
      problem(
        tap,
        'route-no-tap',
        `it is ${link.kind === null ? 'a physical device' : `a device of kind ${link.kind}`}, not a tap of this guest.`,
        `Give the guest's interface another <target dev='…'/>: \`virsh edit ${shellName(tap.guest)}\`.`,
      ),
    ];
  if (link.portKind !== null && link.portKind !== 'vrf')
    return [
      problem(
        tap,
        'route-in-bridge',
        `it is a port of ${link.master ?? 'a bridge'}, and an interface with addresses of its own cannot be one.`,
        "Remove it from there, and define the interface as <interface type='ethernet'>.",
      ),
    ];
  return addressConflicts(tap, routing, desired);
}

/** The same for its addresses alone. */
export function addressConflicts(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  return [...routeConflicts(tap, routing, desired), ...proxyConflicts(tap, routing)];
}

function routeConflicts(tap: RoutedTap, routing: Routing, desired: RoutesDesired): Problem[] {
  const found = wantedRoutes(tap, routing.links).flatMap((wanted): Problem[] => {
    const same = routing.routes.filter(({ to, dev }) => to === wanted.to && dev !== tap.dev);
    const own = same.find(({ table, type }) => table === LOCAL && type !== '1');
    if (own !== undefined)
      return [
        problem(
          tap,
          'route-own-address',
          `${wanted.to} is an address of this host, on ${own.dev ?? 'an interface'}.`,
          'Give the guest another address.',
          { addresses: [wanted.to] },
        ),
      ];
    const other = same.find((route) => route.table === wanted.table && isTaken(route, routing, desired));
    if (other === undefined) return [];
    return [other.protocol === PROTOCOL ? taken(tap, other, desired) : foreign(tap, other)];
  });
  // The same route is wanted in several tables.
  return distinctProblems(found);
}

/** Whether a route stays: one of another program does, and that of a guest while the guest needs it. */
function isTaken(route: NetRoute, routing: Routing, desired: RoutesDesired): boolean {
  const { protocol, dev } = route;
  if (protocol !== PROTOCOL) return true;
  if (dev === null || isLeftOver(dev, routing, desired)) return false;
  const tap = desired.taps.find((each) => each.dev === dev);
  if (tap === undefined) return true;
  const wanted = tap.presence === 'here' ? wantedRoutes(tap, routing.links) : [];
  return wanted.some(({ to, table }) => to === route.to && table === route.table);
}

function taken(tap: RoutedTap, { to, dev }: NetRoute, desired: RoutesDesired): Problem {
  const other = desired.taps.find((each) => each.dev === dev);
  const guest = other?.guest ?? (dev === null ? null : (desired.guestsOf(dev)[0] ?? null));
  const whose =
    guest === null ? `is routed to ${dev ?? 'nobody'} already` : `belongs to guest ${guest} (${dev})`;
  const where = other === undefined ? '' : `, ${describeRule(other.source)}`;
  return problem(tap, 'route-taken', `${to} ${whose}${where}.`, 'Give one of them another address.', {
    addresses: [to],
    ...(dev === null ? {} : { interface: dev }),
  });
}

function foreign(tap: RoutedTap, { to, dev, via, table }: NetRoute): Problem {
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

/**
 * Other guests that should have one of these addresses as well. The one that has it keeps it, which conflictsOf finds; if
 * none has it yet, it goes to the first.
 */
export function rivalsOf(tap: RoutedTap, { links, routes }: Routing, { taps }: RoutesDesired): RoutedTap[] {
  const own = wantedRoutes(tap, links);
  const shares = (to: string, table: string): boolean =>
    own.some((route) => route.to === to && route.table === table);
  const has = routes.some(
    ({ protocol, dev, to, table }) => protocol === PROTOCOL && dev === tap.dev && shares(to, table),
  );
  if (has) return [];
  return taps
    .slice(0, taps.indexOf(tap))
    .filter((other) => other.presence === 'here')
    .filter((other) => wantedRoutes(other, links).some(({ to, table }) => shares(to, table)));
}

export function sharedAddress(tap: RoutedTap, { guest, dev, source }: RoutedTap): Problem {
  const message = `guest ${guest} (${dev}) should have the same address, ${describeRule(source)}.`;
  return problem(tap, 'route-taken', message, 'Give one of them another address.', { interface: dev });
}

function proxyConflicts(tap: RoutedTap, { proxies }: Routing): Problem[] {
  return wantedProxies(tap).flatMap(({ address, dev }): Problem[] => {
    const other = proxies.find((one) => !one.isOurs && one.dev === dev && equalIp(one.address, address));
    if (other === undefined) return [];
    const text = formatIp(address);
    return [
      problem(
        tap,
        'route-foreign',
        `another program has made the proxy entry for ${text} on ${dev}.`,
        `Remove it: \`ip neigh del proxy ${text} dev ${shellQuote(dev)}\`.`,
        { addresses: [text], interface: dev },
      ),
    ];
  });
}

/** Networks of `pool-route` that are directly on an interface: a route to nowhere would hide the hosts in them. */
export function onLink({ poolRoutes }: RoutesDesired, { links }: Routing): { pool: string; dev: string }[] {
  return (poolRoutes ?? []).flatMap((pool) => {
    const link = [...links.values()].find(({ addresses }) =>
      addresses.some(({ address }) => {
        const network = networkOf(address);
        return network !== null && network.length <= pool.length && contains(network, pool.address);
      }),
    );
    return link === undefined ? [] : [{ pool: formatPrefix(pool), dev: link.name }];
  });
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
