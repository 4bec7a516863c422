import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine';
import { machineTests } from './machine_tests';

/** What is kept of the second host (guest/second_host.sh). */
export const THERE = '/root/there';

/** How libvirtd of one host, or a client, reaches that of the other; and where it sends the memory of guests. */
export const URI = {
  here: 'qemu+unix:///system?socket=/root/here/libvirt-sock',
  there: `qemu+unix:///system?socket=${THERE}/sock/libvirt-sock`,
};
export const MIGRATE_URI = { here: 'tcp://10.9.0.1', there: 'tcp://10.9.0.2' };

export type Host = keyof typeof URI;

/** Starts the second host, with the conf files and hooks that the first one has now. */
export async function startSecondHost(machine: Machine): Promise<void> {
  await machine.must(readFileSync(join(machineTests, 'guest/second_host.sh'), 'utf8'), {
    timeoutMs: 400_000,
  });
}

/** Runs a command in the second host that must succeed. */
export function onThere(machine: Machine, command: string): Promise<string> {
  return machine.must(`${THERE}/inside ${command}`);
}
