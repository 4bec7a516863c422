import { join } from 'node:path';
import { END_OF_HEADER } from '../dispatch/bundled_plugin';
import { DRIVER_NAMES } from '../model/libvirt/phases';
import type { Executable } from '../system/files/snapshot_files';

const KVMVLAN = 'bin/kvmvlan';
const OTHERS = [
  ...DRIVER_NAMES,
  'daemon_start.d/bridge_init',
  'qemu_start_begin.d/vlan_filtering',
  'qemu_start_begin.d/guest_routes',
];

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
    const end = text?.indexOf(END_OF_HEADER) ?? -1;
    if (text === null || end < 0) return null;
    const node = /^node='(\/[^']*)'$/m.exec(text.slice(0, end))?.[1] ?? ownNode;
    return { path, node, program: text.slice(end) };
  };
  const kvmvlan = find(KVMVLAN);
  if (kvmvlan === null) return null;
  const others = OTHERS.flatMap((name) => find(name) ?? []);
  return { kvmvlan, all: [kvmvlan, ...others.filter(({ program }) => program === kvmvlan.program)] };
}
