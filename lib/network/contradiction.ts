import type { Place } from '../model/problem';
import type { PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';

/** A NetworkManager profile, as much of it as a command needs. */
export interface ProfileName {
  /** What people call it; null where the file has none. */
  readonly id: string | null;
  /** null: the file has none, as netplan's have not. */
  readonly uuid: string | null;
  readonly file: string;
  /** `bridge`, `ethernet`, `bond` … */
  readonly type: string;
  readonly netplan: boolean;
}

/** A place in a file of /etc/network/interfaces, lines from 1. */
export interface StanzaPlace {
  readonly file: string;
  /** The line of `iface`. */
  readonly line: number;
  /** The line of the option; null: there is none. */
  readonly option: number | null;
}

/** A line that is to be put behind the stanza's first, or to replace an option. */
export interface StanzaEdit extends StanzaPlace {
  readonly key: string;
  readonly value: string;
}

/**
 * Something in the configuration of a manager that undoes what conf says of a bridge. `failure`: guests hear VLANs that
 * are not theirs, or lose the network, as soon as the manager acts. `warning`: it needs more than that, or is repaired
 * without loss.
 */
export type Contradiction = { readonly bridge: string; readonly level: 'failure' | 'warning' } & (
  | {
      /** The profile turns filtering off, whenever the bridge or a port of it is activated or reapplied. */
      readonly code: 'nm-filtering-off';
      readonly profile: ProfileName;
      readonly wish: NmWish;
    }
  | {
      /** The profile is right, but NetworkManager still works by the one of before. */
      readonly code: 'nm-not-applied';
      readonly profile: ProfileName;
      /** NetworkManager's; null: not known. */
      readonly version: string | null;
    }
  | {
      /** The profile has another default PVID than conf; null: none. */
      readonly code: 'nm-default-pvid';
      readonly profile: ProfileName;
      readonly has: Vid | null;
      readonly wanted: Vid | null;
      readonly wish: NmWish;
    }
  | {
      /** Conf does not say which PVID new ports get, and NetworkManager gives it to all ports when it resets the bridge. */
      readonly code: 'nm-resets-to-vlan';
      readonly profile: ProfileName;
      readonly has: Vid;
      /** The bridge's section; null: there is none. */
      readonly place: Place | null;
    }
  | {
      /** The profile of the bridge, or of a trunk, has other VLANs than conf. */
      readonly code: 'nm-vlans';
      readonly profile: ProfileName;
      /** The bridge itself or the trunk. */
      readonly dev: string;
      readonly has: PortVlans;
      readonly wanted: PortVlans;
    }
  | { readonly code: 'networkd-filtering-off'; readonly file: string }
  | {
      readonly code: 'networkd-default-pvid';
      readonly file: string;
      readonly has: Vid | null;
      readonly wanted: Vid | null;
    }
  | {
      /** [BridgeVLAN] of the bridge itself or of a trunk. */
      readonly code: 'networkd-vlans';
      readonly file: string;
      readonly dev: string;
      /** VLANs that networkd 256 and later removes. */
      readonly missing: PortVlans;
      /** VLANs that it adds. */
      readonly extra: readonly Vid[];
      /** The PVID that it sets; absent: it leaves it alone, or it is the right one. */
      readonly pvid?: Vid | null;
      readonly wanted: PortVlans;
    }
  | {
      /** A .network file that matches guests' ports, and so takes them off their bridge. */
      readonly code: 'networkd-takes-taps';
      readonly file: string;
      /** The bridge that it puts them into instead; null: none. */
      readonly into: string | null;
      readonly taps: readonly string[];
    }
  | {
      readonly code: 'ifupdown2-filtering-off';
      readonly place: StanzaPlace;
      /** All that is wrong in the stanzas of the bridge: one command ends all of it. */
      readonly edits: readonly StanzaEdit[];
    }
  | {
      readonly code: 'ifupdown2-drops-taps';
      readonly place: StanzaPlace;
      readonly edits: readonly StanzaEdit[];
      /** The option as it is; null: there is none. */
      readonly regex: string | null;
      readonly taps: readonly string[];
    }
  | {
      readonly code: 'ifupdown2-vlans';
      readonly place: StanzaPlace;
      readonly edits: readonly StanzaEdit[];
      readonly dev: string;
      readonly has: PortVlans;
      readonly wanted: PortVlans;
    }
  | {
      /** Two managers have the bridge. */
      readonly code: 'two-managers';
      readonly names: readonly string[];
    }
);

/** What the profiles of a bridge and its trunks must say for it to stay as conf has it. */
export interface NmWish {
  /** null: none. */
  readonly defaultPvid: Vid | null;
  readonly own?: PortVlans;
  readonly trunks: readonly {
    readonly profile: ProfileName;
    readonly dev: string;
    readonly vlans: PortVlans;
  }[];
  /** NetworkManager's; null: not known. */
  readonly version: string | null;
}
