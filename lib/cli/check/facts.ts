import type { ChangeState } from '../../apply/rollback/change_state';
import type { BridgeInitConf } from '../../model/conf/bridge_init_conf';
import type { ConfProblem } from '../../model/conf/conf_problem';
import type { VlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import type { Domain } from '../../model/guest/domain';
import type { Unsafe } from '../../system/files/unsafe_way';
import type { PlannedScript } from '../explain/explain_scripts';
import type { ManagedBridge } from '../../network/manager';
import type { HostState } from '../../apply/state/read_switches';
import type { SnapshotState } from '../snapshot/snapshot_state';
import type { RepairState } from './read_repair';

/** A dispatcher of libvirt's, as it lies in the hooks root. */
export interface HookFile {
  readonly driver: string;
  readonly path: string;
  /** null: there is none. */
  readonly file: {
    readonly isExecutable: boolean;
    /** A link that leads out of the hooks root: its target. */
    readonly linksTo: string | null;
    /** Of its kvmvlan marker; null: it is not ours. */
    readonly version: string | null;
    /** The node that the installer wrote into it; null: none that is there. */
    readonly node: string | null;
    /** When it was put there, in milliseconds since the epoch. */
    readonly changedAt: number;
  } | null;
}

/** A conf file that is not there, or that cannot be read. */
export interface UnreadConf {
  readonly cause: 'missing' | 'unreadable';
  /** Which file, and why. */
  readonly message: string;
}

/** A phase in which a script of kvmvlan's has to run. */
export interface NeededScript {
  readonly plugin: string;
  readonly driver: 'daemon' | 'qemu';
  /** `qemu start begin` */
  readonly phase: string;
  readonly folder: string;
  /** null: they cannot be listed. */
  readonly scripts: readonly PlannedScript[] | null;
}

/** A running daemon of libvirt. */
export interface Daemon {
  readonly name: string;
  readonly pid: number;
  /** Milliseconds since the epoch; null: not known. */
  readonly startedAt: number | null;
  /** What AppArmor or SELinux run it as: `libvirtd (enforce)`, `unconfined`; null: not known, or neither is there. */
  readonly label: string | null;
  /** Whether install.sh found that it had been started before the hooks were there. */
  readonly isStale: boolean;
}

export interface BridgeLink {
  readonly name: string;
  readonly isUp: boolean;
  readonly stp: boolean;
  /** Seconds. */
  readonly forwardDelay: number;
}

export interface Tool {
  /** null: it is not there. */
  readonly path: string | null;
  readonly version: string | null;
}

/** All that `kvmvlan check` knows of the host. null: it could not be found out. */
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
  /** When dispatch.log was told of calls, by driver; milliseconds since the epoch. */
  readonly calls: ReadonlyMap<string, readonly number[]>;
  readonly daemons: readonly Daemon[];
  /** The local additions to the daemon's AppArmor profile. */
  readonly appArmorLocal: string | null;
  readonly selinux: {
    /** It enforces; else it only tells. */
    readonly enforce: boolean;
    /** Of the hooks root. */
    readonly context: string | null;
    /** Files below it that have another context than the policy says. */
    readonly mislabelled: readonly string[] | null;
    /** The boolean virt_hooks_unconfined. */
    readonly unconfined: boolean | null;
  } | null;
  /** Kernel's and audit's lines of the last day. */
  readonly kernelLog: readonly string[] | null;
  readonly confProblems: readonly ConfProblem[];
  readonly confUnreadable: readonly UnreadConf[];
  /** Conf files that others than root can change: hooks do not read them. */
  readonly confUnsafe: readonly { readonly file: string; readonly unsafe: Unsafe }[];
  readonly bridgeInit: BridgeInitConf;
  readonly vlanFiltering: VlanFilteringConf;
  readonly change: ChangeState | null;
  readonly state: HostState | null;
  readonly stateError: string | null;
  /** Guests that are defined but do not run, as they will be once they do. */
  readonly stopped: readonly Domain[] | null;
  readonly running: readonly Domain[] | null;
  readonly bridgeLinks: readonly BridgeLink[] | null;
  /** The bridges that conf is about, and who else manages them. */
  readonly managers: readonly ManagedBridge[] | null;
  readonly repair: RepairState | null;
  readonly netfilter: {
    /** bridge-nf-call-iptables; null: the module is not there. */
    readonly callsIptables: boolean | null;
    /** What `iptables -S FORWARD` prints. */
    readonly forward: string | null;
  };
  readonly cpu: {
    readonly machine: string;
    readonly flags: ReadonlySet<string>;
    readonly hasDevice: boolean;
    readonly modules: ReadonlySet<string>;
  };
  /** Executable regular files in `<driver>.d/`. */
  readonly alsoRunByLibvirt: readonly string[];
}
