import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testCache } from '../../../test_cache';

/** test/setup.sh unpacks it: its package would take over the network of this machine. */
export function findIfup(): string | undefined {
  return ['sbin/ifup', 'usr/sbin/ifup'].map((path) => join(testCache(), 'tools', path)).find(existsSync);
}
