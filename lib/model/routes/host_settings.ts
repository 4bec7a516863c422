import { shellQuote } from '../../text/shell_quote';
import { contains, formatIp, networkOf } from '../address/ip_address';
import type { Problem, Subject } from '../problem';
import type { ProblemCode } from '../problem_code';
import {
  acceptRa,
  FORWARD4,
  FORWARD6,
  PROXY_ARP,
  PROXY_NDP,
  REDIRECTS,
  uplinkFiles,
} from './host_setting_files';
import type { RouteWish } from './route_wish';
import type { Routing } from './routing';
import { sysctlCommand, sysctlKey, type SysctlValue } from './sysctl';

/** RTPROT_RA of rtnetlink(7): the kernel, or a network manager, learned the route from a router advertisement. */
const FROM_ADVERTISEMENT = '9';

/** A problem of the host, and the command that fixes or shows it; null: only conf can be corrected. */
export interface HostLack extends Problem {
  readonly command: string | null;
}

/** What a host lacks for a routed interface, as problems of a run. */
export function hostSettings(wish: RouteWish, routing: Routing): Problem[] {
  return hostLacks(wish, routing).map(({ command: _command, ...problem }) => problem);
}

/**
 * What a host lacks for a routed interface (errors: the interface gets no route), and what makes it slower or less safe
 * (warnings). They are about the host, so they are the same for all interfaces with such a wish.
 */
export function hostLacks(wish: RouteWish, routing: Routing): HostLack[] {
  const { uplink, vrf, isStrict, isGoodCitizen } = wish;
  const { links, filters, uplinkFilters } = routing;
  // Without the interface, its settings do not exist either.
  const ofUplink =
    uplink !== null && !links.has(uplink)
      ? [uplinkMissing(uplink)]
      : [...checkIpv4(wish, routing), ...checkIpv6(wish, routing), ...checkNetworks(wish, routing)];
  return [
    ...ofUplink,
    ...(vrf === null || links.get(vrf)?.kind === 'vrf' ? [] : [vrfMissing(vrf, links.has(vrf))]),
    ...(isStrict && filters === null ? [noNft('strict', 'the guest may forge addresses')] : []),
    ...(isGoodCitizen && uplink !== null && uplinkFilters === null
      ? [noNft('good-citizen', 'this host may answer ARP for addresses of others')]
      : []),
  ];
}

/** Sources: `IN_DEV_ORCONF` in include/linux/inetdevice.h, `arp_process` in net/ipv4/arp.c. */
function checkIpv4({ addresses, uplink }: RouteWish, { settings }: Routing): HostLack[] {
  if (!addresses.some(({ family }) => family === 4)) return [];
  const isOn = (file: string): boolean => !isZero(file, settings);
  if (uplink === null)
    // It may be on for just the interfaces where the packets come in. They are not known.
    return isOn(FORWARD4)
      ? []
      : [setting(`IPv4 may not be forwarded (${sysctlKey(FORWARD4)} = 0)`, {}, [[FORWARD4, 1]])];
  const { forward4, proxyArp, redirects, delay4 } = uplinkFiles(uplink);
  const problems: HostLack[] = [];
  if (!isOn(forward4))
    problems.push(
      error(
        'route-not-forwarding',
        `IPv4 is not forwarded on ${uplink} (${sysctlKey(forward4)} = 0)`,
        { interface: uplink, setting: sysctlKey(forward4) },
        sysctlCommand([[forward4, 1]]),
      ),
    );
  const arp = [PROXY_ARP, proxyArp].filter(isOn);
  if (arp.length > 0)
    problems.push(
      setting(
        `on ${uplink}, this host answers for every address that it has a route to (${arp.map(sysctlKey).join(', ')} = 1)`,
        { interface: uplink },
        arp.map((file) => [file, 0]),
      ),
    );
  const sends = [REDIRECTS, redirects].filter(isOn);
  if (sends.length > 0)
    problems.push(
      setting(
        `this host sends redirects on ${uplink} (${sends.map(sysctlKey).join(', ')} = 1), and others keep them after a migration`,
        { interface: uplink },
        sends.map((file) => [file, 0]),
      ),
    );
  return [...problems, ...checkDelay(uplink, delay4, settings)];
}

/**
 * A single interface's `forwarding` forwards nothing, but the kernel answers for guests only where it is on. Sources:
 * `ip6_forward` in net/ipv6/ip6_output.c, `ndisc_recv_ns` in net/ipv6/ndisc.c.
 */
function checkIpv6({ addresses, uplink }: RouteWish, routing: Routing): HostLack[] {
  if (!addresses.some(({ family }) => family === 6)) return [];
  const { settings } = routing;
  const files = uplink === null ? null : uplinkFiles(uplink);
  const off = [FORWARD6, ...(files === null ? [] : [files.forward6])].find((file) => isZero(file, settings));
  const problems = off === undefined ? [] : [notForwarding6(off, routing)];
  if (uplink === null || files === null) return problems;
  if (isZero(PROXY_NDP, settings)) {
    const command = sysctlCommand([[PROXY_NDP, 1]]);
    const key = sysctlKey(PROXY_NDP);
    problems.push(
      isZero(files.proxyNdp, settings)
        ? error(
            'route-no-proxy-ndp',
            `this host does not answer for IPv6 addresses (${key} = 0)`,
            { setting: key },
            command,
          )
        : warning(
            `this host does not answer neighbours that check an IPv6 address again (${key} = 0)`,
            { setting: key },
            command,
          ),
    );
  }
  return [...problems, ...checkDelay(uplink, files.delay6, settings)];
}

function notForwarding6(file: string, { routes, settings }: Routing): HostLack {
  const learned = routes
    .filter(({ family, to, protocol }) => family === 6 && to === 'default' && protocol === FROM_ADVERTISEMENT)
    .flatMap(({ dev }) => dev ?? [])
    // With 0, a network manager has learned it; with 2, the kernel still learns it.
    .filter((dev) => (settings.get(acceptRa(dev)) ?? '1') === '1');
  const devs = [...new Set(learned)];
  const trap =
    devs.length === 0
      ? ''
      : `; if it were, the default route of ${devs.join(', ')} would expire, unless accept_ra = 2`;
  return error(
    'route-not-forwarding',
    `IPv6 is not forwarded (${sysctlKey(file)} = 0)${trap}`,
    { setting: sysctlKey(file) },
    sysctlCommand([...devs.map((dev): SysctlValue => [acceptRa(dev), 2]), [file, 1]]),
  );
}

/** @param file up to how long the kernel waits before it answers, in hundredths of a second */
function checkDelay(uplink: string, file: string, settings: Routing['settings']): HostLack[] {
  if (isZero(file, settings)) return [];
  const delay = settings.get(file) ?? '';
  const what = `on ${uplink}, this host answers for guests up to ${Number(delay) / 100} s late`;
  return [setting(`${what} (${sysctlKey(file)} = ${delay})`, { interface: uplink }, [[file, 0]])];
}

function checkNetworks({ addresses, uplink }: RouteWish, { links }: Routing): HostLack[] {
  if (uplink === null) return [];
  const networks = (links.get(uplink)?.addresses ?? []).flatMap(({ address }) => networkOf(address) ?? []);
  return addresses
    .filter((address) => !networks.some((network) => contains(network, address)))
    .map((address) =>
      warning(
        `${formatIp(address)} is in no network of ${uplink}: others may not look for it there`,
        { interface: uplink, addresses: [formatIp(address)] },
        `ip address show dev ${shellQuote(uplink)}`,
      ),
    );
}

/** A file that does not exist, as without IPv6, counts as 0. */
function isZero(file: string, settings: Routing['settings']): boolean {
  return (settings.get(file) ?? '0') === '0';
}

function uplinkMissing(uplink: string): HostLack {
  const hint = 'Create it, or correct `uplink` in guest_routes.conf: `ip -br link` lists the interfaces.';
  const what = `this host has no interface ${uplink}, the uplink`;
  return { ...lack('error', 'route-uplink-missing', what, null, hint), subject: { interface: uplink } };
}

function vrfMissing(vrf: string, exists: boolean): HostLack {
  const hint = 'Create it, or correct `vrf` in guest_routes.conf: `ip link show type vrf` lists the VRFs.';
  const what = exists ? `${vrf} is no VRF` : `this host has no VRF ${vrf}`;
  return { ...lack('error', 'route-vrf-missing', what, null, hint), subject: { interface: vrf } };
}

/** @param otherwise what happens if conf does not set this key */
function noNft(key: string, otherwise: string): HostLack {
  const command = 'sudo apt-get install nftables && sudo modprobe nf_tables   # or dnf in place of apt-get';
  const hint = `Install nftables and load the module nf_tables, or write \`${key} = no\` into guest_routes.conf: then ${otherwise}.`;
  const what = `\`${key} = yes\` needs nftables, but nft is not installed or the kernel has no nftables`;
  return { ...lack('error', 'route-no-nft', what, command, hint), key };
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
