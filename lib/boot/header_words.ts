/** What the sh header passes to the node process that it starts, see build/headers. null: not given. */
export interface HeaderWords {
  /** The name of the executable; its file can have another name. */
  readonly name: string | null;
  /** The header's process, if it waits for a signal that node has started. */
  readonly header: number | null;
  readonly watchdog: number | null;
  readonly caller: number | null;
}

/** Reads and removes them from the environment: `<name> <header> <watchdog> <caller>`. A dash means not given. */
export function headerWords(): HeaderWords {
  const [name, header, watchdog, caller] = (process.env.KVMVLAN_START ?? '').split(' ');
  delete process.env.KVMVLAN_START;
  return {
    name: name === '' || name === undefined ? null : name,
    header: processOf(header),
    watchdog: processOf(watchdog),
    caller: processOf(caller),
  };
}

function processOf(word = ''): number | null {
  return /^[1-9]\d*$/.test(word) ? Number(word) : null;
}
