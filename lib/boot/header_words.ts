/** What the sh header tells the node that it starts, see build/headers. null: nothing. */
export interface HeaderWords {
  /** Of the executable, however the file is called. */
  readonly name: string | null;
  /** The process of the header where it waits to hear that we run. */
  readonly header: number | null;
  readonly watchdog: number | null;
  readonly caller: number | null;
}

/** Takes them out of the environment: `<name> <header> <watchdog> <caller>`, a dash for what there is not. */
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
