/** What node 18 lacks while it makes a snapshot, and has in each process that starts from it. */
const LATER: readonly [object, string, (...words: never[]) => unknown][] = [
  [Object, 'hasOwn', (object: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(object, key)],
  [Array.prototype, 'at', at],
  [String.prototype, 'at', at],
  [Array.prototype, 'findLast', findLast],
];

function at(this: ArrayLike<unknown>, index: number): unknown {
  return this[index < 0 ? this.length + index : index];
}

function findLast(this: readonly unknown[], isMeant: (item: unknown) => boolean): unknown {
  return [...this].reverse().find(isMeant);
}

/** Does some work with stand-ins for these functions, and then removes the stand-ins. */
export async function withLaterBuiltins<T>(work: () => Promise<T>): Promise<T> {
  const missing = LATER.filter(([owner, name]) => !(name in owner));
  for (const [owner, name, value] of missing)
    Object.defineProperty(owner, name, { value, configurable: true });
  try {
    return await work();
  } finally {
    for (const [owner, name] of missing) Reflect.deleteProperty(owner, name);
  }
}
