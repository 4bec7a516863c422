import type { Backend, BackendIo } from '../backend';
import { ifupdownBackend } from '../ifupdown/ifupdown_backend';
import { ifupdown2Backend } from '../ifupdown2/ifupdown2_backend';
import { networkManagerBackend } from '../networkmanager/backend';
import { netplanBackend } from '../netplan/netplan_backend';
import { networkdBackend } from '../networkd/networkd_backend';

/** The programs that `kvmvlan bridge` can write for, in the order in which they are asked. */
export const BACKENDS: readonly Backend[] = [
  netplanBackend,
  networkdBackend,
  networkManagerBackend,
  ifupdown2Backend,
  ifupdownBackend,
];

/** A program that configures an interface now, and the file or profile by which it does so. */
export interface Owner {
  readonly backend: Backend;
  readonly by: string;
}

/** All programs that configure an interface. More than one can undo each other's changes. */
export async function ownersOf(io: BackendIo, port: string): Promise<Owner[]> {
  const found = await Promise.all(
    BACKENDS.map(async (backend) => ({ backend, by: await backend.detect(io, port) })),
  );
  return found.flatMap(({ backend, by }) => (by === null ? [] : [{ backend, by }]));
}

export function backendOf(name: string): Backend | null {
  return BACKENDS.find((backend) => backend.name === name) ?? null;
}
