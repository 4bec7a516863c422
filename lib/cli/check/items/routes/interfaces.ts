import { formatConfProblem } from '../../../../model/conf/conf_problem';
import type { Domain, DomainInterface } from '../../../../model/guest/domain';
import { describeRule } from '../../../../model/match/describe_rule';
import { isRoutable, routeRulesFor } from '../../../../model/match/match_routes';
import { matchesInterface } from '../../../../model/match/match_rules';
import type { NetLink } from '../../../../model/network/host_network';
import type { RoutedTap } from '../../../../plan/routes/routed_tap';
import { wantedRoutes } from '../../../../plan/routes/wanted_routes';
import { toRoutedGuest } from '../../../../system/libvirt/read_guests';
import { shellName, shellQuote } from '../../../../text/shell_quote';
import { editAt } from '../../edit_at';
import type { Finding } from '../../finding';
import type { RouteFacts } from '../../route_facts';
import { routeFinding } from './route_finding';

/** Checks the interfaces of guests that are routed, or that are meant to be. */
export function checkRoutedInterfaces(
  facts: RouteFacts,
  running: readonly Domain[],
  stopped: readonly Domain[],
): Finding[] {
  return [
    ...[...running, ...stopped].flatMap((domain) => checkDomain(domain, facts)),
    ...facts.taps.flatMap((tap) => checkTap(tap, facts)),
    ...checkTwice(facts),
  ];
}

function checkDomain(domain: Domain, { conf }: RouteFacts): Finding[] {
  const { rules, own } = routeRulesFor(conf, toRoutedGuest(domain));
  const name = shellName(domain.name);
  const wrong = own.flatMap(({ problems }) =>
    problems.map((problem) =>
      routeFinding(problem.code, 'failure', formatConfProblem(problem), `sudo kvmvlan explain ${name}`),
    ),
  );
  const ofInterfaces = domain.interfaces.flatMap((iface): Finding[] => {
    const rule = rules.find(({ conditions }) => matchesInterface(conditions, iface));
    const who = `interface ${iface.place} of guest ${domain.name}`;
    if (isRoutable(iface)) return checkXml(iface, who, name);
    if (rule === undefined) return [];
    return [
      routeFinding(
        'interface-not-routable',
        'failure',
        `${who} has type ${iface.type} and cannot be routed (${describeRule(rule)})`,
        `virsh edit ${name}   # <interface type='ethernet'>`,
      ),
    ];
  });
  return [...wrong, ...ofInterfaces];
}

/** Sources: virDomainInterfaceStartDevice, nwfilter_ebiptables_driver.c. */
function checkXml({ hasHostAddress, hasFilterRef }: DomainInterface, who: string, name: string): Finding[] {
  const found: Finding[] = [];
  if (hasHostAddress)
    found.push(
      routeFinding(
        'route-host-address',
        'failure',
        `${who} has <source><ip>: \`virsh resume\` fails, and after a failed migration the guest stays paused`,
        `virsh edit ${name}   # remove <ip> from <source>: guest_routes sets the addresses`,
      ),
    );
  if (hasFilterRef)
    found.push(
      routeFinding(
        'route-filterref',
        'warning',
        `${who} has <filterref>, which has no effect outside of a bridge`,
        `virsh edit ${name}   # remove <filterref>: \`strict = yes\` in guest_routes.conf filters`,
      ),
    );
  return found;
}

function checkTap({ guest, dev, mac, wish }: RoutedTap, { routing }: RouteFacts): Finding[] {
  const link = routing?.links.get(dev);
  if (link === undefined) return [];
  const uplink = wish.uplink === null ? undefined : routing?.links.get(wish.uplink);
  const found: Finding[] = [];
  const expected = hostMac(mac);
  if (link.mac !== expected)
    found.push(
      routeFinding(
        'route-tap-mac',
        'warning',
        `${dev} of guest ${guest} has the MAC address ${link.mac}: the guest keeps it as its gateway's when it migrates, and the next host has ${expected}`,
        `sudo ip link set dev ${shellQuote(dev)} address ${expected}`,
      ),
    );
  if (uplink !== undefined && link.mtu > uplink.mtu)
    found.push(
      routeFinding(
        'mtu-too-large',
        'warning',
        `${dev} of guest ${guest} has an MTU of ${link.mtu}, and ${uplink.name}, its uplink, one of ${uplink.mtu}`,
        `virsh edit ${shellName(guest)}   # <mtu size='${uplink.mtu}'/>`,
      ),
    );
  return found;
}

/** libvirt's MAC address for a tap: that of the guest with another first byte (virnetdevtap.c virNetDevTapCreateInBridgePort). */
function hostMac(mac: string): string {
  const first = mac.startsWith('fe') ? 'fa' : 'fe';
  return `${first}${mac.slice(2)}`;
}

/** The same address for two guests that run here. In tables of their own, both can have it. */
function checkTwice({ taps, routing }: RouteFacts): Finding[] {
  const seen = new Map<string, RoutedTap>();
  return taps
    .filter(({ presence }) => presence === 'here')
    .flatMap((tap) => {
      const routes = wantedRoutes(tap, routing?.links ?? new Map<string, NetLink>());
      const twice = routes.filter(({ to, table }) => {
        const key = `${to} ${table}`;
        const isTaken = seen.has(key);
        if (!isTaken) seen.set(key, tap);
        return isTaken;
      });
      return [...new Set(twice.map(({ to }) => to))].map((to) => {
        const both = [...seen].find(([key]) => key.startsWith(`${to} `))?.[1] ?? tap;
        return routeFinding(
          'address-twice',
          'failure',
          `${to} is an address of ${both.dev} of guest ${both.guest} and of ${tap.dev} of guest ${tap.guest}: only one gets it`,
          editAt(tap.source.place),
        );
      });
    });
}
