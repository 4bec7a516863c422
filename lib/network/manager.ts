import type { Contradiction } from './contradiction';

/** A program other than kvmvlan that creates and changes bridges. */
export type ManagerName = 'NetworkManager' | 'systemd-networkd' | 'ifupdown' | 'ifupdown2';

export interface Manager {
  readonly name: ManagerName;
  /** The file that is in effect for the bridge; null: it could not be found. */
  readonly file: string | null;
  /** Whether netplan wrote that file. Then it must be changed through netplan. */
  readonly netplan: boolean;
}

/** A bridge, its managers, and where their configuration contradicts conf. */
export interface ManagedBridge {
  readonly bridge: string;
  /** Empty: no manager. More than one: they can undo each other's changes. */
  readonly managers: readonly Manager[];
  readonly contradictions: readonly Contradiction[];
  /** Files that could not be read, usually because only root may read them. */
  readonly unreadable: readonly string[];
}
