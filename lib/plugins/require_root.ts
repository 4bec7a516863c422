import type { HostIo } from '../model/io';
import { KnownError } from '../model/known_error';
import type { PluginCall } from './plugin';

/** Only root may change bridges: fail before anything is tried. */
export function requireRoot(call: PluginCall, io: HostIo, command: string): void {
  if (io.isRoot || call.dryRun) return;
  throw new KnownError(
    'only root may change the VLANs of a bridge',
    `Run \`sudo ${command}\`. --dry-run shows what it would do and works without root.`,
  );
}

/**
 * Whether the daemon of an ordinary user calls (qemu:///session): it has no bridges, and its guests rarely have ports.
 */
export function isOfSession({ hook, dryRun }: PluginCall, { isRoot }: HostIo): boolean {
  return hook !== null && !isRoot && !dryRun;
}
