import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootedMachine } from './booted_machine';
import { findImage } from './find_image';
import { keep, keptMachines } from './kept_machine';
import { removeLeftovers } from './leftovers';
import { shareMachine } from './share_machine';
import type { Image, Wire } from './start_qemu';

/**
 * Starts the one machine of a tier. It boots while other tests run: describeMachine waits for it. The path of its socket
 * is in the environment variable `socketName` then; where it is there already, somebody keeps a machine for several runs.
 */
export async function startTier(socketName: string, wires: readonly Wire[] = []): Promise<void> {
  if (process.env[socketName] !== undefined) return;
  let image: Image;
  try {
    image = await findImage();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`The machine tier cannot run: ${why}`);
    process.stderr.write(`The machine tier is skipped: ${why}\n`);
    return;
  }
  removeLeftovers(tmpdir(), 'kvmvlan-machine.');
  const folder = join(tmpdir(), `kvmvlan-machine.${keptMachines()}.${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 'socket');
  keep(shareMachine(new BootedMachine(image, folder, wires), socket));
  process.env[socketName] = socket;
}
