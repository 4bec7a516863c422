import type { NetworkFiles } from '../network_files';
import { isRunning } from '../running';

/** What files say about an interface and its host that speaks against making it a port of a bridge. */
export interface PortFacts {
  readonly isWifi: boolean;
  /** It belongs to a switch chip that the kernel controls (DSA). */
  readonly isDsa: boolean;
  /** wpa_supplicant controls it: 802.1X. */
  readonly hasSupplicant: boolean;
  /** SR-IOV: how many virtual functions are enabled. */
  readonly virtualFunctions: number;
  /** The root file system, or another mounted one, needs the network: `/ (nfs)`. */
  readonly networkMounts: readonly string[];
  /** The maker of the machine and its product, as firmware says: `Hetzner vServer`. */
  readonly machine: string;
  /** Other programs that manage networks and are running, or distributions that do: `wicked`, `NixOS`. */
  readonly otherManagers: readonly string[];
  /** systemd has booted the host. */
  readonly hasSystemd: boolean;
  /** Where the file system of /etc is mounted, if nothing can be written there. */
  readonly readOnly: string | null;
}

/** File systems that end with the network. Those that a host can wait for are not among them. */
const ROOT_KINDS = /^(nfs4?|cifs|9p|ceph|glusterfs|fuse\.sshfs)$/;

/** Their services. kvmvlan does not write their configuration. */
const OTHER_SERVICES = ['wicked', 'wickedd', 'connman', 'dhcpcd', 'vdsmd', 'network'];

export function readPortFacts(io: NetworkFiles, port: string): PortFacts {
  const net = `/sys/class/net/${port}`;
  const dmi = (name: string): string => io.text(`/sys/class/dmi/id/${name}`)?.trim() ?? '';
  return {
    isWifi: io.names(`${net}/phy80211`) !== null || io.names(`${net}/wireless`) !== null,
    isDsa: io.names(`${net}/dsa`) !== null,
    hasSupplicant: (io.names('/run/wpa_supplicant') ?? []).includes(port),
    virtualFunctions: Number(io.text(`${net}/device/sriov_numvfs`)?.trim() ?? 0) || 0,
    networkMounts: networkMounts(io),
    machine: [dmi('sys_vendor'), dmi('product_name')].filter(Boolean).join(' '),
    otherManagers: otherManagers(io),
    // Source: sd_booted(3).
    hasSystemd: io.names('/run/systemd/system') !== null,
    readOnly: readOnlyMount(io),
  };
}

function mountsOf(io: NetworkFiles): string[][] {
  return (io.text('/proc/mounts') ?? '').split('\n').map((line) => line.split(' '));
}

/** Of several mounts in one place the last one counts. */
function readOnlyMount(io: NetworkFiles): string | null {
  const mounts = mountsOf(io);
  for (const place of ['/etc', '/']) {
    const found = mounts.filter(([, target]) => target === place).at(-1);
    if (found !== undefined) return (found[3] ?? '').split(',').includes('ro') ? place : null;
  }
  return null;
}

function networkMounts(io: NetworkFiles): string[] {
  const roots = mountsOf(io).flatMap(([source = '', target = '', kind = '']) =>
    ['/', '/usr', '/var'].includes(target) && (ROOT_KINDS.test(kind) || source.startsWith('/dev/nbd'))
      ? [`${target} (${ROOT_KINDS.test(kind) ? kind : source})`]
      : [],
  );
  const sessions = io.names('/sys/class/iscsi_session') ?? [];
  return sessions.length > 0 ? [...roots, 'iSCSI'] : roots;
}

function otherManagers(io: NetworkFiles): string[] {
  return [
    ...(io.names('/etc/pve') === null ? [] : ['Proxmox VE']),
    ...(io.text('/etc/NIXOS') === null ? [] : ['NixOS']),
    ...OTHER_SERVICES.filter((service) => isRunning(io, service)),
  ];
}
