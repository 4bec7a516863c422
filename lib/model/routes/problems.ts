import { shellQuote } from '../../text/shell_quote';
import { formatIp, formatPrefix, type IpAddress, type IpPrefix } from '../address/ip_address';
import type { WishFault } from '../conf/problems';
import type { Problem, Subject } from '../problem';
import type { ProblemCode } from '../problem_code';
import { acceptRa, FORWARD4, PROXY_NDP } from './host_setting_files';
import { sysctlCommand, sysctlKey, type SysctlValue } from './sysctl';

// What is said about wishes for routed interfaces, and about what the host lacks for them. All sentences of problems of
// this folder are in this file. Only what is wrong with the text of a key is in the tables of keys.

/** A problem of the host, and the command that fixes or shows it; null: only conf can be corrected. */
export interface HostLack extends Problem {
  readonly command: string | null;
}

// Wishes.

export function noAddress(): WishFault {
  const hint = 'Write the addresses of the guest: `address = …`.';
  return { key: 'address', message: 'there is no address', hint };
}

export function notInPool(address: IpAddress, pool: readonly IpPrefix[]): WishFault {
  const message = `${formatIp(address)} is in no pool of this host (${pool.map(formatPrefix).join(', ')})`;
  return { key: 'address', message, hint: 'Correct the address, or add its network to pool.' };
}

export function noPool(): WishFault {
  const message = 'this host has no pool for the addresses of metadata';
  return { key: 'address', message, hint: 'Write `pool = …` into [DEFAULT] of guest_routes.conf.' };
}

export function addressOfOther(address: IpAddress): WishFault {
  const message = `${formatIp(address)} belongs to another guest by guest_routes.conf`;
  return { key: 'address', message, hint: 'Choose another address of the pool.' };
}

export function noNextHop(route: IpPrefix): WishFault {
  const message = `${formatPrefix(route)} has no address of the guest as its next hop`;
  return { key: 'route', message, hint: `Add an IPv${route.address.family} address of the guest.` };
}

export function tableAndVrf(): WishFault {
  return { key: 'table', message: 'a VRF has its own table', hint: 'Remove one of table and vrf.' };
}

export function poolRouteInSection(): WishFault {
  const message = 'it is about the whole pool of this host';
  return { key: 'pool-route', message, hint: 'Move the line to [DEFAULT].' };
}

export function noUplink(): WishFault {
  const message = 'it is not said where the addresses are announced';
  const hint = 'Write `uplink = br0`, or `uplink = none` if others route them to this host.';
  return { key: 'uplink', message, hint };
}

// The host.

export function uplinkMissing(uplink: string): HostLack {
  const hint = 'Create it, or correct `uplink` in guest_routes.conf: `ip -br link` lists the interfaces.';
  const what = `this host has no interface ${uplink}, the uplink`;
  return { ...lack('error', 'route-uplink-missing', what, null, hint), subject: { interface: uplink } };
}

/** @param exists as an interface of another kind */
export function vrfMissing(vrf: string, exists: boolean): HostLack {
  const hint = 'Create it, or correct `vrf` in guest_routes.conf: `ip link show type vrf` lists the VRFs.';
  const what = exists ? `${vrf} is no VRF` : `this host has no VRF ${vrf}`;
  return { ...lack('error', 'route-vrf-missing', what, null, hint), subject: { interface: vrf } };
}

/** What happens if a key that needs nftables is `no`. */
const WITHOUT_NFT = {
  strict: 'the guest may forge addresses',
  'good-citizen': 'this host may answer ARP for addresses of others',
};

export function noNft(key: keyof typeof WITHOUT_NFT): HostLack {
  const command = 'sudo apt-get install nftables && sudo modprobe nf_tables   # or dnf in place of apt-get';
  const hint = `Install nftables and load the module nf_tables, or write \`${key} = no\` into guest_routes.conf: then ${WITHOUT_NFT[key]}.`;
  const what = `\`${key} = yes\` needs nftables, but nft is not installed or the kernel has no nftables`;
  return { ...lack('error', 'route-no-nft', what, command, hint), key };
}

/** It may be on for just the interfaces where the packets come in. They are not known. */
export function maybeNotForwarding4(): HostLack {
  return setting(`IPv4 may not be forwarded (${sysctlKey(FORWARD4)} = 0)`, {}, [[FORWARD4, 1]]);
}

export function notForwarding4(uplink: string, file: string): HostLack {
  return error(
    'route-not-forwarding',
    `IPv4 is not forwarded on ${uplink} (${sysctlKey(file)} = 0)`,
    { interface: uplink, setting: sysctlKey(file) },
    sysctlCommand([[file, 1]]),
  );
}

/** @param learning interfaces whose default route the kernel forgets when it starts to forward */
export function notForwarding6(file: string, learning: readonly string[]): HostLack {
  const trap =
    learning.length === 0
      ? ''
      : `; if it were, the default route of ${learning.join(', ')} would expire, unless accept_ra = 2`;
  return error(
    'route-not-forwarding',
    `IPv6 is not forwarded (${sysctlKey(file)} = 0)${trap}`,
    { setting: sysctlKey(file) },
    sysctlCommand([...learning.map((dev): SysctlValue => [acceptRa(dev), 2]), [file, 1]]),
  );
}

/** @param files those that are on; at least one */
export function answersForAll(uplink: string, files: readonly string[]): HostLack {
  return setting(
    `on ${uplink}, this host answers for every address that it has a route to (${files.map(sysctlKey).join(', ')} = 1)`,
    { interface: uplink },
    files.map((file) => [file, 0]),
  );
}

/** @param files those that are on; at least one */
export function sendsRedirects(uplink: string, files: readonly string[]): HostLack {
  return setting(
    `this host sends redirects on ${uplink} (${files.map(sysctlKey).join(', ')} = 1), and others keep them after a migration`,
    { interface: uplink },
    files.map((file) => [file, 0]),
  );
}

/** @param delay up to how long the kernel waits before it answers, in hundredths of a second */
export function answersLate(uplink: string, file: string, delay: string): HostLack {
  const what = `on ${uplink}, this host answers for guests up to ${Number(delay) / 100} s late`;
  return setting(`${what} (${sysctlKey(file)} = ${delay})`, { interface: uplink }, [[file, 0]]);
}

export function noProxyNdp(): HostLack {
  const key = sysctlKey(PROXY_NDP);
  const what = `this host does not answer for IPv6 addresses (${key} = 0)`;
  return error('route-no-proxy-ndp', what, { setting: key }, sysctlCommand([[PROXY_NDP, 1]]));
}

/** The uplink's own setting is on, so the host answers all the same, but not everybody. */
export function noProxyNdpAgain(): HostLack {
  const what = 'this host does not answer neighbours that check an IPv6 address again';
  return setting(`${what} (${sysctlKey(PROXY_NDP)} = 0)`, {}, [[PROXY_NDP, 1]]);
}

export function inNoNetwork(uplink: string, address: IpAddress): HostLack {
  const shown = formatIp(address);
  return warning(
    `${shown} is in no network of ${uplink}: others may not look for it there`,
    { interface: uplink, addresses: [shown] },
    `ip address show dev ${shellQuote(uplink)}`,
  );
}

function error(code: ProblemCode, what: string, subject: Subject, command: string): HostLack {
  return { ...lack('error', code, what, command, `Run \`${command}\`.`), subject };
}

function warning(what: string, subject: Subject, command: string): HostLack {
  return { ...lack('warning', 'route-setting', what, command, `Run \`${command}\`.`), subject };
}

/** @param values the first file says which setting it is */
function setting(what: string, subject: Subject, values: readonly SysctlValue[]): HostLack {
  const [first] = values;
  const which = first === undefined ? {} : { setting: sysctlKey(first[0]) };
  return warning(what, { ...subject, ...which }, sysctlCommand(values));
}

function lack(
  level: Problem['level'],
  code: ProblemCode,
  what: string,
  command: string | null,
  hint: string,
): HostLack {
  return { level, code, message: `${what}.`, hint, command };
}
