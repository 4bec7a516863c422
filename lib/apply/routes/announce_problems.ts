import { formatIp, type IpAddress } from '../../model/address/ip_address';
import type { Problem } from '../../model/problem';
import { shellQuote } from '../../text/shell_quote';

/** What is said about addresses that could not be announced on their uplink. */
export function notAnnounced(addresses: readonly IpAddress[], uplink: string, why: string): Problem {
  return {
    level: 'warning',
    code: 'route-not-announced',
    message: `${uplink}: cannot announce ${addresses.map(formatIp).join(', ')}: ${why}`,
    hint: `Check it with \`ip link show ${shellQuote(uplink)}\`, and install perl or python3 if both are missing.`,
    subject: { interface: uplink, addresses: addresses.map(formatIp) },
  };
}
