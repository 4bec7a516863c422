import type { Exec } from '../model/io';
import type { HostNetwork, NetLink } from '../model/network/host_network';
import type { BackendName, NetworkChange } from '../model/network/network_change';
import type { BridgeRecord } from '../model/network/pending_move';

export type { BridgeRecord };
import type { Problem } from '../model/problem';
import type { PortVlans } from '../model/vlan/port_vlans';
import type { Vid } from '../model/vlan/vid';
import type { NetworkFiles } from './network_files';

/** A VLAN interface of the NIC, which gets the bridge as its parent and keeps its name. */
export interface MovedVlan {
  readonly name: string;
  readonly vid: Vid;
}

/**
 * The VLANs that the section of the bridge in bridge_init.conf says. The manager's configuration gets the same ones, so
 * that the host is reachable before bridge_init runs, and neither undoes what the other has set.
 */
export interface BridgeVlans {
  /** The PVID that new ports get; null: none; absent: the section does not say. */
  readonly defaultPvid?: Vid | null;
  /** Of the bridge itself. Its PVID is also that of the trunk: the host's untagged frames leave there. */
  readonly own: PortVlans;
  /** Of the port. An automatic trunk also gets the VLANs of running guests, which are not among these. */
  readonly trunk: PortVlans;
  /** The trunk is an automatic one. */
  readonly isAuto: boolean;
}

/** What every backend is asked for: a bridge with one port that takes over all that the port had. */
export interface BridgeRequest {
  /** The bridge to create: `br0`. */
  readonly bridge: string;
  /** The interface that becomes its port: a NIC, or a bond. It has the addresses now. */
  readonly port: NetLink;
  /** The VLAN interfaces on the port, in the order of their names. */
  readonly vlans: readonly MovedVlan[];
  readonly bridgeVlans: BridgeVlans;
  /** The host's network at this moment: leases and addresses that the new configuration has to keep. */
  readonly network: HostNetwork;
}

/** Reads only. `exec` runs commands that change nothing. */
export interface BackendIo {
  readonly files: NetworkFiles;
  readonly exec: Exec;
}

/** A change, or the reasons why this backend cannot make it. */
export interface Rendered {
  /** null: an error is among the problems. */
  readonly change: NetworkChange | null;
  /** Errors: it is refused. Warnings: what cannot be kept exactly, said before the change. */
  readonly problems: readonly Problem[];
}

/**
 * A program that configures the host's network. A backend describes changes and never makes them: one executor in
 * lib/apply/network does that for all.
 */
export interface Backend<State = unknown> {
  readonly name: BackendName;
  /** The file or profile by which it configures this interface now; null: it does not. It may ask the manager. */
  detect(io: BackendIo, port: string): Promise<string | null>;
  /** All that `render` needs of files and of the manager. Throws KnownError. */
  snapshot(io: BackendIo, port: string): Promise<State>;
  /** The change that creates the bridge. Pure. */
  render(state: State, request: BridgeRequest): Rendered;
  /**
   * The change that removes the bridge again and gives the port back what it had. The files may have changed since.
   * `network` is the host's network now.
   */
  renderRemoval(io: BackendIo, record: BridgeRecord, network: HostNetwork): Promise<Rendered>;
}
