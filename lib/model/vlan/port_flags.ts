/** The flags of a bridge port that conf can set, by the names of conf and of `bridge link set`. Source: bridge(8). */
export const PORT_FLAGS = {
  isolated: 'isolated',
  learning: 'learning',
  flood: 'flood',
  mcast_flood: 'mcast_flood',
  bpdu_guard: 'guard',
  root_block: 'root_block',
  neigh_suppress: 'neigh_suppress',
} as const;

export type PortFlag = keyof typeof PORT_FLAGS;

/** An absent flag is not wanted, or unknown. */
export type PortFlags = Readonly<Partial<Record<PortFlag, boolean>>>;

export const PORT_FLAG_NAMES = Object.keys(PORT_FLAGS) as PortFlag[];

/** The wanted flags that have another value on the port. */
export function differingFlags(have: PortFlags, want: PortFlags): PortFlag[] {
  return PORT_FLAG_NAMES.filter((flag) => want[flag] !== undefined && want[flag] !== have[flag]);
}

/** The arguments of the `bridge link set` for them; null: nothing differs. */
export function planFlags(dev: string, have: PortFlags, want: PortFlags): string[] | null {
  const differing = differingFlags(have, want);
  if (differing.length === 0) return null;
  const settings = differing.flatMap((flag) => [PORT_FLAGS[flag], want[flag] === true ? 'on' : 'off']);
  return ['link', 'set', 'dev', dev, ...settings];
}

/** `isolated on, learning off`; empty if none is known. */
export function describeFlags(flags: PortFlags): string {
  return PORT_FLAG_NAMES.filter((flag) => flags[flag] !== undefined)
    .map((flag) => `${flag} ${flags[flag] === true ? 'on' : 'off'}`)
    .join(', ');
}
