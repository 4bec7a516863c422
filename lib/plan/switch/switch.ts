import type { DomainInterface } from '../../model/guest/domain';
import type { Bridge } from '../../model/host/host';
import type { RuleSource } from '../../model/match/describe_rule';
import type { Problem } from '../../model/problem';
import type { PortFlag, PortFlags } from '../../model/vlan/port_flags';
import type { PortVlans } from '../../model/vlan/port_vlans';
import type { SettingDrift } from '../bridge_target';
import type { Misplaced } from '../port_place';
import type { MissingPort } from './missing_ports';

/** `host` is the bridge itself, the host's own port; `other` a port that is neither a trunk nor a running guest's. */
export type PortRole = 'trunk' | 'host' | 'guest' | 'other';

/** `unmanaged`: nothing says what it should be. `libvirt`: libvirt itself sets it, by `<vlan>` or macTableManager. */
export type PortState = 'ok' | 'drift' | 'unmanaged' | 'libvirt' | 'down';

/** A port of a switch: what it is, what the kernel says, what is wanted. */
export interface SwitchPort {
  readonly name: string;
  readonly role: PortRole;
  /** The guest's name; null where the role is not `guest`. */
  readonly guest: string | null;
  readonly iface: DomainInterface | null;
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
  /** null: nothing is wanted. */
  readonly wanted: PortVlans | null;
  readonly wantedFlags: PortFlags;
  /** Where the wish comes from; null: nowhere. */
  readonly wantedBy: RuleSource | null;
  readonly state: PortState;
  /** What differs from the wish; null where nothing does. */
  readonly drift: PortDrift | null;
}

/** What of a port is not as wanted; at least one part of it. */
export interface PortDrift {
  readonly vlans: boolean;
  /** The wanted flags that it does not have so. */
  readonly flags: readonly PortFlag[];
  /** Why its VLANs would not count even if they were as wanted; null: they would. */
  readonly misplaced: Misplaced | null;
}

/** A bridge with all its ports: trunks first, then the host, then guests by name and interface, then the others. */
export interface Switch {
  readonly bridge: Bridge;
  readonly ports: readonly SwitchPort[];
  /** Where the wish for the bridge itself comes from; null: bridge_init.conf has no section for it. */
  readonly wantedBy: RuleSource | null;
  /** Its own settings that are not as wanted. */
  readonly drift: readonly SettingDrift[];
  /** Who writes the bridge's forwarding table, and with it sets learning and flooding of its ports. */
  readonly macTableManager: 'kernel' | 'libvirt';
}

/** A bridge or trunk port that is not there, or a guest's interface without a tap: whose it is. */
export interface UnmetWish {
  readonly bridge: string | null;
  readonly guest: string | null;
}

/** The host as a whole: its switches, and what is wrong beyond them. */
export interface SwitchView {
  readonly switches: readonly Switch[];
  /** Conf errors, ports that are wanted but not there, and the like. */
  readonly problems: readonly Problem[];
  /** Running guests' ports that are wanted, but in no bridge. */
  readonly missing: readonly MissingPort[];
  /** Conf or guests cannot be read in full: what is wanted is not known for sure. */
  readonly isUnsure: boolean;
  /** Wishes that no port can show. */
  readonly unmet: readonly UnmetWish[];
  /** The bridge or guest that all this is about; null: the whole host. */
  readonly of: string | null;
}
