import { whyFailed } from '../../model/describe_end';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';

/** This folder exists if systemd has booted the host; it is often empty. Source: sd_booted(3). */
const SYSTEMD = { folder: '/run/systemd', name: 'system' };

/**
 * A DHCP client that ifup starts stays in the control group of the service, and would end with it: then the host loses its
 * address when the lease is over. Debian's networking.service has the same setting.
 */
export const KEEP_CHILDREN = '--property=KillMode=process';

/** Runs in a new session without the terminal, and keeps no file descriptor of this process open. */
const DETACHED = `setsid sh -c 'sleep "$1"; shift; exec "$@"' sh "$@" </dev/null >>/run/kvmvlan/undo.log 2>&1 &`;

/**
 * Schedules a command, so that it runs even if this process and its terminal are gone. It uses a timer of the
 * system's systemd, which survives the end of the session. Without systemd it starts a process in a session of its
 * own. Throws KnownError if the timer cannot be started: a process is no substitute for it on a host with systemd,
 * because logind can end it with the session (KillUserProcesses=yes).
 */
export async function scheduleUndo(
  command: readonly string[],
  id: string,
  seconds: number,
  io: Pick<HostIo, 'exec' | 'readFolder'>,
): Promise<void> {
  const result = hasSystemd(io)
    ? await io.exec('systemd-run', [
        '--quiet',
        '--collect',
        `--unit=${unitOf(id)}`,
        `--on-active=${seconds}s`,
        '--timer-property=AccuracySec=100ms',
        KEEP_CHILDREN,
        '--description=kvmvlan: roll back unconfirmed changes of VLANs',
        ...command,
      ])
    : await io.exec('sh', ['-c', DETACHED, 'sh', String(seconds), ...command]);
  if (result.ok) return;
  throw new KnownError(
    `the rollback cannot be scheduled, so nothing has been changed: ${whyFailed(result)}`,
    `Find out why \`${hasSystemd(io) ? 'systemd-run --on-active=1 true' : 'setsid true'}\` fails.`,
  );
}

/** Stops the timer. A detached process is not stopped: it will find nothing to undo and end. */
export async function cancelUndo(id: string, io: Pick<HostIo, 'exec' | 'readFolder'>): Promise<void> {
  if (hasSystemd(io)) await io.exec('systemctl', ['stop', `${unitOf(id)}.timer`]);
}

/** Starts the scheduled rollback now. Its timer finds nothing to do later. */
export async function hastenUndo(id: string, io: Pick<HostIo, 'exec' | 'readFolder'>): Promise<void> {
  if (hasSystemd(io)) await io.exec('systemctl', ['start', '--no-block', `${unitOf(id)}.service`]);
}

function unitOf(id: string): string {
  return `kvmvlan-undo-${id}`;
}

function hasSystemd(io: Pick<HostIo, 'readFolder'>): boolean {
  return io.readFolder(SYSTEMD.folder).includes(SYSTEMD.name);
}
