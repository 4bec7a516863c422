import type { BackendName } from '../../../lib/model/network/network_change';

/** Packages that are not in the image for all: add_set.sh. */
export type PackageSet = 'ifupdown' | 'ifupdown2' | 'resolved';

/** A program that configures the network of the host. */
export interface Manager {
  /** What kvmvlan must find out. */
  readonly backend: BackendName;
  /** What it needs more than the image has. */
  readonly packages?: PackageSet;
  /** Makes it the manager of this host, as its users do, and brings up what is configured in /etc. */
  readonly start: string;
  /** In configs/<manager>/dhcp it asks for an IPv6 address by DHCP too, not only by router advertisements. */
  readonly isDhcp6: boolean;
  /** There, two programs make an address from router advertisements: the kernel is one of them. */
  readonly hasTwoSlaac?: boolean;
  /** What its users do to it while guests run. */
  readonly reload: readonly string[];
}

// Each reload of systemd costs seconds here, and nothing below needs one.
const leaveNetworkd = `systemctl --no-reload --quiet disable systemd-networkd.socket systemd-networkd.service
  systemctl stop systemd-networkd.socket systemd-networkd.service`;
// As `systemctl enable` would do it, less update-rc.d.
const startNetworking = `for target in multi-user network-online; do
    mkdir -p /etc/systemd/system/$target.target.wants
    ln -sf /lib/systemd/system/networking.service /etc/systemd/system/$target.target.wants
  done
  systemctl restart networking.service`;
const isTrixie = process.env.KVMVLAN_TEST_SUITE === 'trixie';
// dbus-daemon learns its policy only when it is reloaded.
const startResolved = 'systemctl reload dbus.service; systemctl restart systemd-resolved.service';
const withNetworkManager = `${leaveNetworkd}
  systemctl --no-reload --quiet enable NetworkManager.service; systemctl start NetworkManager.service`;

/** networkd is the one that runs in the image; the others are installed and disabled, or come in a set of packages. */
export const managers = {
  'systemd-networkd': {
    backend: 'systemd-networkd',
    packages: 'resolved',
    start: `${startResolved}\nnetworkctl reload`,
    isDhcp6: true,
    reload: ['networkctl reload', 'systemctl restart systemd-networkd.service'],
  },
  NetworkManager: {
    backend: 'NetworkManager',
    start: withNetworkManager,
    isDhcp6: true,
    reload: ['nmcli con reload', 'nmcli device reapply br0', 'systemctl restart NetworkManager.service'],
  },
  ifupdown: {
    backend: 'ifupdown',
    packages: 'ifupdown',
    start: `${leaveNetworkd}
      systemctl start resolvconf.service
      ${startNetworking}
      udevadm trigger --action=add --subsystem-match=net`,
    // Debian 13 has dhcpcd, which also asks for an IPv6 address if a router says that there is DHCPv6.
    isDhcp6: isTrixie,
    hasTwoSlaac: isTrixie,
    reload: ['ifup --all', 'ifup --force br0'],
  },
  ifupdown2: {
    backend: 'ifupdown2',
    packages: 'ifupdown2',
    start: `${leaveNetworkd}
      mkdir -p /etc/iproute2/rt_tables.d # Debian 13's ifupdown2 needs it
      ${startNetworking}`,
    isDhcp6: false,
    reload: ['ifreload -a'],
  },
  'netplan-networkd': {
    backend: 'netplan',
    packages: 'resolved',
    start: `chmod 600 /etc/netplan/*.yaml\n${startResolved}\nnetplan apply`,
    isDhcp6: true,
    reload: ['netplan apply', 'systemctl restart systemd-networkd.service'],
  },
  'netplan-NetworkManager': {
    backend: 'netplan',
    start: `chmod 600 /etc/netplan/*.yaml\n${withNetworkManager}\nnetplan apply`,
    isDhcp6: true,
    reload: ['netplan apply'],
  },
} satisfies Record<string, Manager>;

export type ManagerName = keyof typeof managers;
