export type TestDepth = 'short' | 'long' | 'all';

/** Which tests run (test/run.sh). Jest that is run by itself has the tests of a long run. */
export const testDepth = (process.env.KVMVLAN_TEST_DEPTH ?? 'long') as TestDepth;

/** All tests: `npm run test:machine`. */
export const isWhole = testDepth === 'all';

/** Declares tests that are too long for other runs. */
export function onlyWhole(declare: () => void): void {
  if (isWhole) declare();
}

/** Declares tests that are too long for `npm test`. */
export function notShort(declare: () => void): void {
  if (testDepth !== 'short') declare();
}
