import { homedir } from 'node:os';
import { join } from 'node:path';

/** What tests need and take long to make is kept here, outside of the checkout. setup.sh knows it too. */
export function testCache(): string {
  const { KVMVLAN_TEST_CACHE, XDG_CACHE_HOME } = process.env;
  return KVMVLAN_TEST_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kvmvlan');
}
