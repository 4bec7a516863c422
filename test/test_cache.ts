import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What tests need and take long to make is kept here, outside of the checkout. setup.sh knows it too. */
export function testCache(): string {
  const { KVMVLAN_TEST_CACHE, XDG_CACHE_HOME } = process.env;
  return KVMVLAN_TEST_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kvmvlan');
}

/** The folder `usr` of a Debian package that setup.sh has unpacked because it is faster than the installed one. */
export function unpackedNewer(debianPackage: string): string | undefined {
  const usr = join(testCache(), 'tools/debian-14', debianPackage, 'usr');
  return existsSync(usr) ? usr : undefined;
}
