import { writeRecord } from '../../apply/network/bridge_records';
import { keepChange } from '../../apply/network/run_change';
import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import type { PendingMove } from '../../model/network/pending_move';
import { loginOf } from '../../system/process/login';
import { resultOf } from '../bridge/move_service';
import type { CliContext } from '../command';

/** Throws KnownError while the change is still going on: nobody knows yet whether it works. */
export function requireResult(id: string, io: Pick<HostIo, 'readText'>): void {
  if (io.readText(resultOf(id)) !== null) return;
  throw new KnownError(
    'the change is still going on',
    'Wait until it is known whether it works, then run `sudo kvmvlan confirm` again.',
    Exit.usage,
  );
}

/**
 * Throws KnownError unless this process belongs to a login over ssh that is newer than the change: an open connection may
 * survive what keeps new ones out.
 */
export function requireNewLogin({ startedTicks }: PendingMove, fromConsole: boolean): void {
  if (fromConsole) return;
  const login = loginOf();
  if (login === null)
    throw new KnownError(
      'this is no login over ssh, so it does not show that the host is reachable',
      'Log in over ssh and run `sudo kvmvlan confirm` there, or use `--from-console` if you do not need ssh.',
      Exit.usage,
    );
  if (login.startedTicks <= startedTicks)
    throw new KnownError(
      'this login is older than the change, so it does not show that new connections reach the host',
      'Log in over ssh once more, in another terminal (not through a shared connection), and run `sudo kvmvlan confirm` there.',
      Exit.usage,
    );
}

/** Makes the change permanent. Throws KnownError before anything is written, if it cannot. */
export async function confirmMove(
  { change, kind, record }: PendingMove,
  { io, stderr }: CliContext,
): Promise<void> {
  for (const { message, hint } of await keepChange(change, io)) stderr(`kvmvlan: ${message} ${hint}\n`);
  writeRecord(record.bridge, kind === 'create' ? record : null, io);
}
