/** The unit of systemd that makes a change. */
export function unitOf(id: string): string {
  return `kvmvlan-bridge-${id}`;
}

/** What it prints. */
export function logOf(id: string): string {
  return `/run/kvmvlan/bridge-${id}.log`;
}

/** How the change has ended: JSON of `Moved`. */
export function resultOf(id: string): string {
  return `/run/kvmvlan/bridge-${id}.json`;
}
