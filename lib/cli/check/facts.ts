import type { ChangeState } from '../../apply/rollback/change_state';
import type { BridgeInitConf } from '../../model/conf/bridge_init_conf';
import type { ConfProblem } from '../../model/conf/conf_problem';
import type { GuestRoutesConf } from '../../model/routes/guest_routes_conf';
import type { RouteFacts } from './route_facts';
import type { VlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import type { Domain } from '../../model/guest/domain';
import type { GuestProblem } from '../../system/libvirt/guest_problems';
import type { Unsafe } from '../../system/files/unsafe_way';
import type { CallScript } from '../call_scripts';
import type { ManagedBridge } from '../../network/manager';
import type { HostState } from '../../apply/state/read_switches';
import type { SnapshotState } from '../snapshot/snapshot_state';
import type { Rules } from './netfilter/fates';
import type { RepairState } from './read_repair';

/** A hook (dispatcher) in the hooks root. */
export interface HookFile {
  readonly driver: string;
  readonly path: string;
  /** null: it does not exist. */
  readonly file: {
    readonly isExecutable: boolean;
    /** A link that leads out of the hooks root: its target. */
    readonly linksTo: string | null;
    /** The version in its kvmvlan marker; null: it does not belong to kvmvlan. */
    readonly version: string | null;
    /** The path of node that the installer wrote into it; null: none, or it does not exist. */
    readonly node: string | null;
    /** When it was installed, in milliseconds since the epoch. */
    readonly changedAt: number;
  } | null;
}

/** A conf file that does not exist or cannot be read. */
export interface UnreadConf {
  readonly cause: 'missing' | 'unreadable';
  /** Which file, and why. */
  readonly message: string;
}

/** A phase in which a script of kvmvlan must run. */
export interface NeededScript {
  readonly plugin: string;
  readonly driver: 'daemon' | 'qemu';
  /** `qemu start begin` */
  readonly phase: string;
  readonly folder: string;
  /** null: the folder cannot be read. */
  readonly scripts: readonly CallScript[] | null;
}

/** A running daemon of libvirt. */
export interface Daemon {
  readonly name: string;
  readonly pid: number;
  /** Milliseconds since the epoch; null: not known. */
  readonly startedAt: number | null;
  /**
   * Its AppArmor profile or SELinux context: `libvirtd (enforce)`, `unconfined`; null: not known, or neither is used.
   */
  readonly label: string | null;
  /** Whether it was running when the hooks were installed, and has not been reloaded since. */
  readonly isStale: boolean;
}

export interface BridgeLink {
  readonly name: string;
  readonly isUp: boolean;
  readonly stp: boolean;
  /** Seconds. */
  readonly forwardDelay: number;
  /** Its own nf_call_iptables: netfilter sees its frames even if bridge-nf-call-iptables is 0. */
  readonly callsIptables: boolean;
}

/** An interface of the host. Each null: not known, or it is not of this kind. */
export interface HostLink {
  readonly name: string;
  readonly mtu: number | null;
  /** It is a VLAN interface: the interface below it, and the tag that it takes. */
  readonly vlan: { readonly on: string; readonly vid: number; readonly protocol: string } | null;
  readonly bond: {
    /** As `ip` calls it: 802.3ad, balance-alb … */
    readonly mode: string;
    /** The MAC address of the other side of LACP. */
    readonly partner: string | null;
  } | null;
  /** As a port of a bridge: forwarding, blocking, disabled … */
  readonly portState: string | null;
  /** As a port of a bridge: whether broadcasts leave through it. */
  readonly broadcasts: boolean | null;
  /** It has hardware: of Wi-Fi, or other. */
  readonly hardware: 'wifi' | 'other' | null;
}

/** An entry in the forwarding table of a bridge. */
export interface FdbEntry {
  /** In lower case. */
  readonly mac: string;
  readonly port: string;
  /** null: the bridge does not filter VLANs. */
  readonly vid: number | null;
  /** The bridge learned it from a frame; else a program wrote it. */
  readonly isLearned: boolean;
}

export interface Tool {
  /** null: it is not installed. */
  readonly path: string | null;
  readonly version: string | null;
}

/** Everything that `kvmvlan check` knows about the host. null: not known. */
export interface Facts {
  readonly isRoot: boolean;
  readonly root: string;
  readonly version: string;
  readonly node: Tool;
  readonly bridge: Tool;
  readonly kernel: { readonly release: string; readonly vlanFiltering: 'y' | 'm' | 'n' | null };
  readonly hooks: readonly HookFile[];
  readonly snapshot: SnapshotState | null;
  readonly needed: readonly NeededScript[];
  /** The times of the calls in dispatch.log, by driver, in milliseconds since the epoch. */
  readonly calls: ReadonlyMap<string, readonly number[]>;
  readonly daemons: readonly Daemon[];
  /** The local additions to the daemon's AppArmor profile. */
  readonly appArmorLocal: string | null;
  readonly selinux: {
    /** Whether SELinux enforces its policy; else it only reports. */
    readonly enforce: boolean;
    /** The context of the hooks root. */
    readonly context: string | null;
    /** Files below it whose context differs from the policy. */
    readonly mislabelled: readonly string[] | null;
    /** The boolean virt_hooks_unconfined. */
    readonly unconfined: boolean | null;
    /** Whether the policy module kvmvlan is loaded; null: only root can list the modules. */
    readonly hasModule: boolean | null;
    /** The module's file; null: it is not installed. */
    readonly moduleFile: string | null;
    /** Whether the host has virtqemud. It calls the hooks if libvirtd does not run. */
    readonly hasVirtqemud: boolean;
  } | null;
  /** The lines of the kernel's log and the audit log from the last day. */
  readonly kernelLog: readonly string[] | null;
  readonly confProblems: readonly ConfProblem[];
  readonly confUnreadable: readonly UnreadConf[];
  /** Conf files that users other than root can change: hooks do not read them. */
  readonly confUnsafe: readonly { readonly file: string; readonly unsafe: Unsafe }[];
  readonly bridgeInit: BridgeInitConf;
  readonly vlanFiltering: VlanFilteringConf;
  readonly guestRoutes: GuestRoutesConf;
  /** null: guest_routes.conf routes nothing. */
  readonly routes: RouteFacts | null;
  readonly change: ChangeState | null;
  readonly state: HostState | null;
  readonly stateError: string | null;
  /** Defined guests that do not run, with the values that they will have when they run. */
  readonly stopped: readonly Domain[] | null;
  readonly running: readonly Domain[] | null;
  /** Guests whose status file or definition cannot be read, although root may. */
  readonly unreadGuests: readonly GuestProblem[];
  readonly bridgeLinks: readonly BridgeLink[] | null;
  readonly links: ReadonlyMap<string, HostLink> | null;
  readonly fdb: readonly FdbEntry[] | null;
  /** The bridges in conf, and their other managers. */
  readonly managers: readonly ManagedBridge[] | null;
  /** Whether the guard in docs/examples/nftables is loaded; null also if no bridge needs it. */
  readonly hasGuard: boolean | null;
  readonly repair: RepairState | null;
  readonly netfilter: {
    /** bridge-nf-call-iptables; null: the module is not loaded. */
    readonly callsIptables: boolean | null;
    /** bridge-nf-filter-vlan-tagged: whether netfilter also sees frames with a tag. */
    readonly seesTagged: boolean;
    /** null: netfilter sees no bridged frames. */
    readonly rules: Rules | null;
  };
  readonly cpu: {
    readonly machine: string;
    readonly flags: ReadonlySet<string>;
    readonly hasDevice: boolean;
    readonly modules: ReadonlySet<string>;
  };
  /** What the firmware says about this machine; null: not known. */
  readonly firmware: {
    readonly vendor: string | null;
    readonly product: string | null;
    readonly assetTag: string | null;
  };
  /** Executable regular files in `<driver>.d/`. */
  readonly alsoRunByLibvirt: readonly string[];
}

/** What the checks know that are about frames: about bridges, their ports, and what drops frames on the way. */
export type FrameFacts = Pick<
  Facts,
  | 'isRoot'
  | 'bridgeInit'
  | 'vlanFiltering'
  | 'state'
  | 'stateError'
  | 'stopped'
  | 'running'
  | 'bridgeLinks'
  | 'links'
  | 'fdb'
  | 'netfilter'
  | 'firmware'
>;
