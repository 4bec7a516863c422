import { formatIp, type IpAddress } from '../model/address/ip_address';
import type { Problem } from '../model/problem';
import type { RoutedTap } from '../plan/routes/routed_tap';
import type { RouteStep } from '../plan/routes/route_step';
import { problem } from '../plan/routes/tap_problems';
import { shellName, shellQuote } from '../text/shell_quote';

// All sentences about routes that a run could not set. They have a file of their own, because vlan_filtering and
// bridge_init must not load it. `why` is what a tool or the kernel has said.

export function routeNotSet({ dev, guest }: RoutedTap, command: string, why: string): Problem {
  return {
    level: 'error',
    code: 'route-not-set',
    message: `${dev} of guest ${guest}: \`${command}\` failed: ${why}.`,
    hint: `Look at \`ip route show table all proto 107\` and \`ip neigh show proxy\`, then run \`guest_routes ${shellName(guest)}\`.`,
    subject: { guest, port: dev },
  };
}

/** @param step of no routed interface */
export function stepFailed({ dev, subject }: RouteStep, command: string, why: string): Problem {
  return {
    level: 'error',
    code: 'route-not-set',
    message: `\`${command}\` failed: ${why}.`,
    hint: 'Run this command to see what is wrong, then `guest_routes --all`.',
    subject: {
      ...(dev === null ? {} : { port: dev }),
      ...(subject === null ? {} : { addresses: [subject] }),
    },
  };
}

/** An address of a guest, and the uplink on which the machine with this MAC address answers for it. */
interface Answer {
  readonly address: IpAddress;
  readonly uplink: string;
  readonly mac: string;
}

export function addressAnswered(tap: RoutedTap, { address, uplink, mac }: Answer): Problem {
  return problem(
    tap,
    'route-answered',
    `${formatIp(address)} is answered on ${uplink} by ${mac}: another machine has it.`,
    'Find that machine, or set `probe = no` if both may have it.',
    { addresses: [formatIp(address)], interface: uplink },
  );
}

/** The host that the guest has left still answers. */
export function addressNotReleased(tap: RoutedTap, { address, uplink, mac }: Answer): Problem {
  return problem(
    tap,
    'route-answered',
    `${formatIp(address)} is still answered on ${uplink} by ${mac}, though its guest runs here.`,
    'Check on that host that kvmvlan-routes.path is active, and run `guest_routes --all` there.',
    { addresses: [formatIp(address)], interface: uplink },
    'warning',
  );
}

/** @param why nobody can be asked on the uplink; null: it does not exist */
export function addressesNotProbed(
  tap: RoutedTap,
  addresses: readonly IpAddress[],
  uplink: string,
  why: string | null,
): Problem {
  return problem(
    tap,
    'route-not-probed',
    `cannot ask on ${uplink} whether another machine has ${addresses.map(formatIp).join(', ')}: ${why ?? 'it does not exist'}.`,
    `Check it with \`ip link show ${shellQuote(uplink)}\`, and install perl or python3 if both are missing.`,
    { interface: uplink },
    'warning',
  );
}
