import { whyFailed } from '../../model/describe_end';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';

/** There where systemd has booted, and often empty. Source: sd_booted(3). */
const SYSTEMD = { folder: '/run/systemd', name: 'system' };

/** A new session, away from the terminal; nothing of ours stays open in it. */
const DETACHED = `setsid sh -c 'sleep "$1"; shift; exec "$@"' sh "$@" </dev/null >>/run/kvmvlan/undo.log 2>&1 &`;

/**
 * Has a command run in so many seconds, whatever becomes of this process and its terminal: by a timer of the system's
 * systemd, which no end of a session touches; where systemd has not booted, by a process in a session of its own. Throws
 * KnownError where it cannot be had: logind may end a process of ours with the session (KillUserProcesses=yes), so that
 * it is no substitute for the timer.
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
        '--description=kvmvlan: roll back changes of VLANs that nobody has confirmed',
        ...command,
      ])
    : await io.exec('sh', ['-c', DETACHED, 'sh', String(seconds), ...command]);
  if (result.ok) return;
  throw new KnownError(
    `the rollback cannot be scheduled, so nothing has been changed: ${whyFailed(result)}`,
    `Look why \`${hasSystemd(io) ? 'systemd-run --on-active=1 true' : 'setsid true'}\` fails.`,
  );
}

/** Takes the timer away. A detached process is left: it finds nothing to undo and ends. */
export async function cancelUndo(id: string, io: Pick<HostIo, 'exec' | 'readFolder'>): Promise<void> {
  if (hasSystemd(io)) await io.exec('systemctl', ['stop', `${unitOf(id)}.timer`]);
}

function unitOf(id: string): string {
  return `kvmvlan-undo-${id}`;
}

function hasSystemd(io: Pick<HostIo, 'readFolder'>): boolean {
  return io.readFolder(SYSTEMD.folder).includes(SYSTEMD.name);
}
