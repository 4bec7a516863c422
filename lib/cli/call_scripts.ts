import { closeSync, openSync, readSync } from 'node:fs';
import type { DispatchConf } from '../model/conf/dispatch_conf';
import { planCall, type PlannedScript } from '../dispatch/plan_call';
import { refusal } from '../dispatch/refusal';
import type { HostIo } from '../model/io';
import type { HookCall } from '../model/libvirt/hook_call';
import { readBundle } from '../model/read_bundle';
import type { Unsafe } from '../system/files/unsafe_way';

/** A script of a call, with what its file shows. */
export interface CallScript extends PlannedScript {
  /** Why root refuses to run it, which counts as a failure; null: root runs it, or it is skipped. */
  readonly unsafe: Unsafe | null;
  /** The version of kvmvlan that it belongs to; null: an administrator's own script. */
  readonly version: string | null;
  /** The name that it was installed with. */
  readonly plugin: string | null;
}

/** The scripts that a call of the system's libvirtd (as root) would run or skip, in their order. */
export function callScripts(
  root: string,
  call: HookCall,
  conf: DispatchConf,
  io: Pick<HostIo, 'readText'>,
): CallScript[] {
  return planCall({ root, call, object: Buffer.from(call.object) }, conf, io).map((planned) => ({
    ...planned,
    unsafe: planned.skip === null ? refusal(planned.script.path) : null,
    ...bundleOf(planned.script),
  }));
}

/** Only its beginning is read: the whole program is large. */
function bundleOf({ path, name }: CallScript['script']): Pick<CallScript, 'version' | 'plugin'> {
  try {
    const fd = openSync(path, 'r');
    try {
      const head = Buffer.alloc(512);
      const bundle = readBundle(head.toString('utf8', 0, readSync(fd, head)));
      return { plugin: bundle.name, version: bundle.name === name ? bundle.version : null };
    } finally {
      closeSync(fd);
    }
  } catch {
    return { plugin: null, version: null };
  }
}
