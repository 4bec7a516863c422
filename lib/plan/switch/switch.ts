import type { DomainInterface } from '../../model/guest/domain';
import type { Bridge } from '../../model/host/host';
import type { RuleSource } from '../../model/match/describe_rule';
import type { Problem } from '../../model/problem';
import type { PortFlag, PortFlags } from '../../model/vlan/port_flags';
import type { PortVlans } from '../../model/vlan/port_vlans';
import type { Tunnels } from '../../model/vlan/tunnels';
import type { SettingDrift } from '../bridge_problems';
import type { Misplaced } from '../port_place';
import type { RoutedView } from '../routes/routed_view';
import type { MissingPort } from './missing_ports';

/**
 * `tunnel` is a port that sends VLANs through a tunnel, if conf does not name it as a trunk; `host` the bridge itself, the
 * host's own port; `other` none of these.
 */
export type PortRole = 'trunk' | 'tunnel' | 'host' | 'guest' | 'other';

/** `ok`: as wanted, or a tunnel, which another program manages. `unmanaged`: nothing is wanted. `libvirt`: libvirt itself sets it, by `<vlan>` or macTableManager. */
export type PortState = 'ok' | 'drift' | 'unmanaged' | 'libvirt' | 'down';

/** A port of a switch: its role, its current state in the kernel, and the wish. */
export interface SwitchPort {
  readonly name: string;
  readonly role: PortRole;
  /** The guest's name; null where the role is not `guest`. */
  readonly guest: string | null;
  readonly iface: DomainInterface | null;
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
  /** The VLANs that go through a tunnel; null: it is not a tunnel. */
  readonly tunnels: Tunnels | null;
  /** null: nothing is wanted. */
  readonly wanted: PortVlans | null;
  readonly wantedFlags: PortFlags;
  /** Where the wish comes from; null: nowhere. */
  readonly wantedBy: RuleSource | null;
  readonly state: PortState;
  /** What differs from the wish; null: nothing. */
  readonly drift: PortDrift | null;
}

/** How a port differs from the wish, in at least one of these parts. */
export interface PortDrift {
  readonly vlans: boolean;
  /** The wanted flags that have another value. */
  readonly flags: readonly PortFlag[];
  /** Why its VLANs have no effect even if they are as wanted; null: they have one. */
  readonly misplaced: Misplaced | null;
}

/** A bridge with all its ports: trunks first, then tunnels, the host, then guests by name and interface, then the others. */
export interface Switch {
  readonly bridge: Bridge;
  readonly ports: readonly SwitchPort[];
  /** Where the wish for the bridge itself comes from; null: bridge_init.conf has no section for it. */
  readonly wantedBy: RuleSource | null;
  /** Its settings that differ from the wish. */
  readonly drift: readonly SettingDrift[];
  /** Who writes the bridge's forwarding table, and with it sets learning and flooding of its ports. */
  readonly macTableManager: 'kernel' | 'libvirt';
}

/** Whose wish no port can show: a bridge or trunk port is missing, or a guest's interface has no tap. */
export interface UnmetWish {
  readonly bridge: string | null;
  readonly guest: string | null;
}

/** The host as a whole: its switches, its routed interfaces, and what else is wrong. */
export interface SwitchView {
  readonly switches: readonly Switch[];
  /** Conf errors, ports that are wanted but missing, and the like. */
  readonly problems: readonly Problem[];
  /** Running guests' ports that are wanted but in no bridge. */
  readonly missing: readonly MissingPort[];
  /** Conf or guests cannot be read completely, so the wish is not fully known. */
  readonly isUnsure: boolean;
  /** Wishes that no port can show. */
  readonly unmet: readonly UnmetWish[];
  /** null: this host routes no interface of a guest, or only root may know. */
  readonly routed: RoutedView | null;
  /** The bridge, guest or uplink that the view is about; null: the whole host. */
  readonly of: string | null;
}
