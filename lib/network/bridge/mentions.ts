import type { BackendIo } from '../backend';
import type { NetworkFiles } from '../network_files';

/** A line that names an interface, and that a move to another interface may make wrong. */
export interface Mention {
  /** A file, or the command that shows the line. */
  readonly where: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Configurations of other programs that name interfaces. A name with a slash at its end is a folder. */
const FILES = [
  '/etc/nftables.conf',
  '/etc/nftables/',
  '/etc/nftables.d/',
  '/etc/iptables/',
  '/etc/firewalld/zones/',
  '/etc/firewalld/policies/',
  '/etc/firewalld/direct.xml',
  '/etc/ufw/',
  '/etc/shorewall/',
  '/etc/sysctl.conf',
  '/etc/sysctl.d/',
  '/etc/dhcp/',
  '/etc/default/isc-dhcp-server',
  '/etc/kea/',
  '/etc/dnsmasq.conf',
  '/etc/dnsmasq.d/',
  '/etc/radvd.conf',
  '/etc/keepalived/',
  '/etc/chrony/',
  '/etc/avahi/',
  '/etc/lldpd.d/',
  '/etc/wireguard/',
  '/etc/openvpn/',
  '/etc/frr/',
  '/etc/bird/',
  '/etc/hostapd/',
  '/etc/samba/smb.conf',
  '/etc/systemd/system/systemd-networkd-wait-online.service.d/',
  '/etc/docker/daemon.json',
  '/etc/dhcpcd.conf',
  '/etc/lldpd.conf',
  '/etc/ntp.conf',
  '/etc/ntpsec/ntp.conf',
  '/etc/vnstat.conf',
  '/etc/NetworkManager/dispatcher.d/',
  '/etc/networkd-dispatcher/routable.d/',
  '/etc/libvirt/qemu/',
  '/etc/libvirt/qemu/networks/',
];

/** Rules and sockets that may come from no file. ss shows sockets that are bound to an interface as `0.0.0.0%eth0:67`. */
const COMMANDS = ['nft -t list ruleset', 'iptables-save', 'ip6tables-save', 'ss -Hltun'];

/** The ports of DHCP clients: they move with the interface. */
const OF_DHCP_CLIENT = /%\S+:(68|546)\s/;

export interface Mentions {
  readonly mentions: readonly Mention[];
  /** Files, folders and commands that exist and could not be read. */
  readonly unread: readonly string[];
}

/** Where other programs name an interface that another one takes over from. */
export async function findMentions({ files, exec }: BackendIo, from: string, to: string): Promise<Mentions> {
  const inFiles = mentionsInFiles(files, from, to);
  const results = await Promise.all(
    COMMANDS.map(async (line) => {
      const [command = '', ...args] = line.split(' ');
      return { line, ...(await exec(command, args)) };
    }),
  );
  return {
    mentions: [
      ...inFiles.mentions,
      ...results
        .flatMap(({ line, stdout }) => mentionsIn(line, stdout, from, to))
        .filter(({ text }) => !OF_DHCP_CLIENT.test(text)),
    ],
    unread: [
      ...inFiles.unread,
      ...results.filter(({ ok, end }) => !ok && end.kind !== 'not-found').map(({ line }) => line),
    ],
  };
}

function mentionsInFiles(io: NetworkFiles, from: string, to: string): Mentions {
  const isThere = (path: string): boolean => {
    const at = path.lastIndexOf('/');
    return (io.names(path.slice(0, at)) ?? []).includes(path.slice(at + 1));
  };
  const places = FILES.flatMap((path): string[] => {
    if (!path.endsWith('/')) return [path];
    const names = io.names(path.slice(0, -1));
    return names === null ? [path.slice(0, -1)] : names.map((name) => `${path}${name}`).sort();
  });
  const texts = places.map((place) => ({ place, text: io.text(place) }));
  return {
    mentions: texts.flatMap(({ place, text }) => mentionsIn(place, text ?? '', from, to)),
    // The folders in these folders are not read.
    unread: texts
      .filter(({ place, text }) => text === null && isThere(place) && io.names(place) === null)
      .map(({ place }) => place),
  };
}

/** The lines of a text that name the interface, or match it by a pattern that does not match the other one. */
export function mentionsIn(where: string, text: string, from: string, to: string): Mention[] {
  const name = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // A sysctl has the name between dots or slashes; elsewhere `eth0.200` is another interface.
  const found = new RegExp(`(\\.conf[./]|\\.neigh[./]|(^|[^\\w.-]))${name}(?![\\w-]|\\.\\d)`);
  return text
    .split('\n')
    .flatMap((line, index) =>
      (found.test(line) || hasPattern(line, from, to)) && !/^\s*[#;]/.test(line)
        ? [{ where, line: index + 1, text: line.trim() }]
        : [],
    );
}

/** `eth*` of nftables and dnsmasq, `eth+` of iptables. */
function hasPattern(line: string, from: string, to: string): boolean {
  return [...line.matchAll(/(?:^|[^\w.*+-])([A-Za-z][\w.-]+)[*+](?![\w*+])/g)].some(
    ([, start = '']) => from.startsWith(start) && !to.startsWith(start),
  );
}
