/** All tests: `npm run test:machine`. `npm test` has an hour, so it leaves out the long ones. */
export const isWhole = process.env.KVMVLAN_TEST_ALL === '1';

/** Declares tests that only `npm run test:machine` runs. */
export function onlyWhole(declare: () => void): void {
  if (isWhole) declare();
}
