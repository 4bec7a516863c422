/**
 * The items with different keys, in the order of their first occurrence.
 *
 * @param keyOf what makes two items the same
 * @param isBetter whether an item replaces an earlier one with the same key; by default the first one stays
 */
export function distinct<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  isBetter: (item: T, than: T) => boolean = () => false,
): T[] {
  const known = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const before = known.get(key);
    if (before === undefined || isBetter(item, before)) known.set(key, item);
  }
  return [...known.values()];
}
