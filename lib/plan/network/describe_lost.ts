import type { Lost } from './lost_by';

/** One thing that was lost, as a part of a sentence: `the address 192.0.2.10/24 on br0`. */
export function describeLost(lost: Lost): string {
  switch (lost.kind) {
    case 'address':
      return `the address ${lost.address} on ${lost.dev}`;
    case 'route':
      return `the route to ${lost.route.to}${lost.route.via === null ? '' : ` via ${lost.route.via}`} on ${lost.dev}`;
    case 'rule':
      return `the policy rule ${lost.rule}`;
    case 'name-server':
      return `the name server ${lost.server}`;
    case 'search-domain':
      return `the search domain ${lost.domain}`;
    case 'mac':
      return `the MAC address of ${lost.dev} (${lost.is} instead of ${lost.was})`;
    case 'mtu':
      return `the MTU of ${lost.dev} (${lost.is} instead of ${lost.was})`;
  }
}
