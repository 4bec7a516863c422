import type { Contradiction } from './contradiction';

/** Who makes and changes a bridge besides kvmvlan. */
export type ManagerName = 'NetworkManager' | 'systemd-networkd' | 'ifupdown' | 'ifupdown2';

export interface Manager {
  readonly name: ManagerName;
  /** The file that is in effect for the bridge; null: it could not be found. */
  readonly file: string | null;
  /** Whether netplan wrote that file, so that it is changed through netplan. */
  readonly netplan: boolean;
}

/** A bridge and what its managers have in mind for it. */
export interface ManagedBridge {
  readonly bridge: string;
  /** Empty: nobody manages it. More than one: they may undo each other's work. */
  readonly managers: readonly Manager[];
  readonly contradictions: readonly Contradiction[];
  /** Files that could not be read, usually because only root may. */
  readonly unreadable: readonly string[];
}
