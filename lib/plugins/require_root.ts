import type { HostIo } from '../model/io';
import { KnownError } from '../model/known_error';
import type { PluginCall } from './plugin';

/** Only root may change bridges; say so before anything is tried. */
export function requireRoot(call: PluginCall, io: HostIo, command: string): void {
  if (io.isRoot || call.dryRun) return;
  throw new KnownError(
    'only root may change the VLANs of a bridge',
    `Run \`sudo ${command}\`; with --dry-run it shows what it would do, also without root.`,
  );
}

/** Whether a daemon of an ordinary user calls us (qemu:///session): its guests rarely have ports, and it no bridges. */
export function isOfSession({ hook, dryRun }: PluginCall, { isRoot }: HostIo): boolean {
  return hook !== null && !isRoot && !dryRun;
}
