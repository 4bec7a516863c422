import { withLaterBuiltins } from '../../../lib/boot/later_builtins';

/** Does some work as node 18 does it while it makes a snapshot. */
async function without<T>(owner: object, name: string, work: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  Reflect.deleteProperty(owner, name);
  try {
    return await work();
  } finally {
    Object.defineProperty(owner, name, own);
  }
}

test.each<[object, string, () => unknown, unknown]>([
  [Object, 'hasOwn', () => [Object.hasOwn({ a: 1 }, 'a'), Object.hasOwn({}, 'toString')], [true, false]],
  [Array.prototype, 'at', () => [[1, 2].at(-1), [1, 2].at(0), [1].at(1)], [2, 1, undefined]],
  [String.prototype, 'at', () => ['ab'.at(-1), ''.at(0)], ['b', undefined]],
  [Array.prototype, 'findLast', () => [1, 3, 2].findLast((n: number) => n > 1), 2],
])('%p has a stand-in for %s while it is missing', async (owner, name, use, result) => {
  const [used, isLeft] = await without(owner, name, async () => [
    await withLaterBuiltins(() => Promise.resolve(use())),
    name in owner,
  ]);
  expect(used).toEqual(result);
  expect(isLeft).toBe(false);
  expect(use()).toEqual(result);
});

test('leaves node its own functions', async () => {
  const { hasOwn } = Object;
  await withLaterBuiltins(() => Promise.resolve(expect(Object.hasOwn).toBe(hasOwn)));
  expect(Object.hasOwn).toBe(hasOwn);
});
