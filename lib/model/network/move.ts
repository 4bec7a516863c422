/** Which interface takes over from which: for a bridge that is created from its port, for one that is removed to it. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** VLAN interfaces that keep their names and addresses. */
  readonly vlans: readonly string[];
}

/** The name of an interface after the move. */
export function movedName({ from, to }: Move, dev: string): string {
  return dev === from ? to : dev;
}

/** Whether the move concerns an interface. */
export function isMoved({ from, vlans }: Move, dev: string): boolean {
  return dev === from || vlans.includes(dev);
}
