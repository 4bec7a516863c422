import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine';

const examples = join(__dirname, '../../docs/examples/nftables');

/** The guard that docs/examples offers. Its names are those of the README's example: br0 and eth0. */
export const GUARD = join(examples, 'kvmvlan-guard.nft');

/** Installs the guard as its comments say. */
export async function installGuard(machine: Machine): Promise<void> {
  await machine.write('/etc/kvmvlan-guard.nft', readFileSync(GUARD, 'utf8'));
  const unit = 'kvmvlan-guard.service';
  await machine.write(`/etc/systemd/system/${unit}`, readFileSync(join(examples, unit), 'utf8'));
  await machine.must(`systemctl daemon-reload; systemctl enable --now ${unit}`);
}
