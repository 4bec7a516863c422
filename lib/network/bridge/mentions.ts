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
  '/etc/libvirt/qemu/networks/',
];

/** How many lines of one file are shown. */
const MAX_LINES = 5;

/** The lines of other programs' configurations that name the interface. Files that cannot be read are left out. */
export function mentionsInFiles(io: NetworkFiles, port: string): Mention[] {
  return FILES.flatMap((path) =>
    path.endsWith('/') ? (io.names(path.slice(0, -1)) ?? []).map((name) => `${path}${name}`).sort() : [path],
  ).flatMap((file) => mentionsIn(file, io.text(file) ?? '', port));
}

/** The lines of a text that name the interface; comments do not count. */
export function mentionsIn(where: string, text: string, port: string): Mention[] {
  const name = port.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // A sysctl has the name between dots or slashes; elsewhere `eth0.200` is another interface.
  const found = new RegExp(`(\\.conf[./]|\\.neigh[./]|(^|[^\\w.-]))${name}(?![\\w-]|\\.\\d)`);
  return text
    .split('\n')
    .flatMap((line, index) =>
      found.test(line) && !/^\s*[#;]/.test(line) ? [{ where, line: index + 1, text: line.trim() }] : [],
    )
    .slice(0, MAX_LINES);
}
