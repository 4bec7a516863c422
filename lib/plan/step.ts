/** What a command belongs to: where one of its commands fails, the rest of them are not run. */
export interface Unit {
  /** `bridge`: a section of bridge_init.conf, its trunks included; `port`: a guest's; `trunk`: one that follows the guests. */
  readonly kind: 'bridge' | 'port' | 'trunk';
  /** The name of the bridge or port. */
  readonly name: string;
}

/** One command of iproute2 that changes the host. */
export interface Step {
  readonly unit: Unit;
  /** The interface that it changes. */
  readonly dev: string;
  readonly tool: 'ip' | 'bridge';
  /** Its words without the tool: `vlan add dev veth0 vid 100 pvid untagged`. */
  readonly args: readonly string[];
}

/** A key for maps: units are equal where their keys are. */
export function unitKey({ kind, name }: Unit): string {
  return `${kind} ${name}`;
}
