import { join } from 'node:path';
import { DRIVER_NAMES } from '../model/libvirt/phases';
import { PLUGIN_FILES } from '../model/own_plugins';
import { readBundle } from '../model/read_bundle';
import type { Executable } from '../system/files/snapshot_files';

const KVMVLAN = 'bin/kvmvlan';
const OTHERS = [...DRIVER_NAMES, ...PLUGIN_FILES];

/** The executables of one build in a hooks root. */
export interface Executables {
  readonly kvmvlan: Executable;
  /** `kvmvlan` among them. */
  readonly all: readonly Executable[];
}

/** Finds the executables of the same build as `bin/kvmvlan`; null: there is no `bin/kvmvlan`. */
export function findExecutables(
  root: string,
  read: (path: string) => string | null,
  ownNode: string,
): Executables | null {
  const find = (name: string): (Executable & { readonly program: string }) | null => {
    const path = join(root, name);
    const text = read(path);
    const { node, program } = readBundle(text ?? '');
    return program === null ? null : { path, node: node ?? ownNode, program };
  };
  const kvmvlan = find(KVMVLAN);
  if (kvmvlan === null) return null;
  const others = OTHERS.flatMap((name) => find(name) ?? []);
  return { kvmvlan, all: [kvmvlan, ...others.filter(({ program }) => program === kvmvlan.program)] };
}
