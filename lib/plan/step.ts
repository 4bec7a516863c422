import type { VlanProtocol } from '../model/host/host';
import type { Vid } from '../model/vlan/vid';

/** What a command belongs to. If a command of a unit fails, the rest of the unit is not run. */
export interface Unit {
  /**
   * `bridge`: a section of bridge_init.conf, its trunks included; `port`: a guest's; `trunk`: one that follows the
   * guests.
   */
  readonly kind: 'bridge' | 'port' | 'trunk';
  /** The name of the bridge or port. */
  readonly name: string;
}

/** What a command is for. Code that decides by it reads this, never the arguments. */
export type Purpose =
  | { readonly kind: 'add-vlans' }
  | { readonly kind: 'delete-vlans' }
  | { readonly kind: 'set-flags' }
  | { readonly kind: 'set-bridge'; readonly settings: BridgeSettings }
  | { readonly kind: 'join-bridge' }
  | { readonly kind: 'leave-bridge' }
  | { readonly kind: 'set-link' };

/** The settings of a bridge itself; an absent one is left as it is. */
export interface BridgeSettings {
  readonly filtering?: boolean;
  readonly protocol?: VlanProtocol;
  readonly defaultPvid?: Vid | null;
}

/** One command of iproute2 that changes the host. */
export interface Command {
  readonly purpose: Purpose;
  /** The interface that it changes. */
  readonly dev: string;
  readonly tool: 'ip' | 'bridge';
  /** Its arguments: `vlan add dev veth0 vid 100 pvid untagged`. */
  readonly args: readonly string[];
}

/** A command, and what it belongs to. */
export interface Step extends Command {
  readonly unit: Unit;
}

/** A key for maps: units are equal where their keys are. */
export function unitKey({ kind, name }: Unit): string {
  return `${kind} ${name}`;
}
