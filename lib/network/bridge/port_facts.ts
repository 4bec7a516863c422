import type { NetworkFiles } from '../network_files';

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
  };
}

function networkMounts(io: NetworkFiles): string[] {
  const mounts = (io.text('/proc/mounts') ?? '').split('\n').map((line) => line.split(' '));
  const roots = mounts.flatMap(([source = '', target = '', kind = '']) =>
    ['/', '/usr', '/var'].includes(target) && (ROOT_KINDS.test(kind) || source.startsWith('/dev/nbd'))
      ? [`${target} (${ROOT_KINDS.test(kind) ? kind : source})`]
      : [],
  );
  const sessions = io.names('/sys/class/iscsi_session') ?? [];
  return sessions.length > 0 ? [...roots, 'iSCSI'] : roots;
}

function otherManagers(io: NetworkFiles): string[] {
  const units = io.names('/run/systemd/units') ?? [];
  const running = OTHER_SERVICES.filter((name) => units.includes(`invocation:${name}.service`));
  return [
    ...(io.names('/etc/pve') === null ? [] : ['Proxmox VE']),
    ...(io.text('/etc/NIXOS') === null ? [] : ['NixOS']),
    ...running,
  ];
}
