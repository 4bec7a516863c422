import type { Place } from '../model/problem';
import type { PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';

/** The properties of a NetworkManager profile that a command needs. */
export interface ProfileName {
  /** Its name for users; null: the file has none. */
  readonly id: string | null;
  /** null: the file has none. Files of netplan have none. */
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
  /** The line of the option; null: the stanza does not have it. */
  readonly option: number | null;
}

/** A line to insert after the stanza's first line, or to replace an option with. */
export interface StanzaEdit extends StanzaPlace {
  readonly key: string;
  readonly value: string;
}

/**
 * A setting in the configuration of a network manager that contradicts conf. `failure`: as soon as the manager acts,
 * guests receive frames of other VLANs or lose the network. `warning`: this happens only under further conditions, or
 * is repaired without loss.
 */
export type Contradiction = { readonly bridge: string; readonly level: 'failure' | 'warning' } & (
  | {
      /** The profile turns filtering off whenever the bridge or one of its ports is activated or reapplied. */
      readonly code: 'nm-filtering-off';
      readonly profile: ProfileName;
      readonly wish: NmWish;
    }
  | {
      /** The profile is right, but NetworkManager still uses its previous version. */
      readonly code: 'nm-not-applied';
      readonly profile: ProfileName;
      /** NetworkManager's; null: not known. */
      readonly version: string | null;
    }
  | {
      /** The default PVID in the profile differs from conf; null: none. */
      readonly code: 'nm-default-pvid';
      readonly profile: ProfileName;
      readonly has: Vid | null;
      readonly wanted: Vid | null;
      readonly wish: NmWish;
    }
  | {
      /** Conf does not set a default PVID, and NetworkManager gives its own to all ports when it resets the bridge. */
      readonly code: 'nm-resets-to-vlan';
      readonly profile: ProfileName;
      readonly has: Vid;
      /** The bridge's section; null: none. */
      readonly place: Place | null;
    }
  | {
      /** The VLANs in the profile of the bridge or of a trunk differ from conf. */
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
      /** [BridgeVLAN] of the bridge itself or of a trunk differs from conf. */
      readonly code: 'networkd-vlans';
      readonly file: string;
      readonly dev: string;
      /** VLANs that networkd removes, from version 256 on. */
      readonly missing: PortVlans;
      /** VLANs that networkd adds. */
      readonly extra: readonly Vid[];
      /** The PVID that networkd sets; absent: it sets none, or the right one. */
      readonly pvid?: Vid | null;
      readonly wanted: PortVlans;
    }
  | {
      /** A .network file that matches guests' ports, so networkd removes them from their bridge. */
      readonly code: 'networkd-takes-taps';
      readonly file: string;
      /** The bridge that it adds them to instead; null: none. */
      readonly into: string | null;
      readonly taps: readonly string[];
    }
  | {
      readonly code: 'ifupdown2-filtering-off';
      readonly place: StanzaPlace;
      /** All edits that the stanzas of the bridge need: one command fixes everything. */
      readonly edits: readonly StanzaEdit[];
    }
  | {
      readonly code: 'ifupdown2-drops-taps';
      readonly place: StanzaPlace;
      readonly edits: readonly StanzaEdit[];
      /** The current value of the option; null: the stanza does not have it. */
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
      /** Two managers manage the bridge. */
      readonly code: 'two-managers';
      readonly names: readonly string[];
    }
);

/** The settings that the profiles of a bridge and its trunks need to agree with conf. */
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
