import { arrive } from '../../apply/network/arrive';
import { writeRecord } from '../../apply/network/bridge_records';
import { keepChange, settleChange } from '../../apply/network/run_change';
import type { HostIo } from '../../model/io';
import { Exit, KnownError } from '../../model/known_error';
import type { PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import { loginOf } from '../../system/process/login';
import { resultOf } from '../bridge/move_service';
import { shellQuote } from '../../text/shell_quote';
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

/**
 * Checks the network once more: the manager has read its permanent files since.
 *
 * @returns what is missing now, for the user
 */
export async function missingNow(move: PendingMove, io: HostIo): Promise<string[]> {
  const missing = await arrive(move, () => true, io);
  const { bridge } = move.record;
  const back =
    move.kind === 'create'
      ? `\`sudo kvmvlan bridge remove ${shellQuote(bridge)}\` gives everything back to the port.`
      : `\`sudo kvmvlan bridge create ${shellQuote(bridge)} --port ${shellQuote(move.record.port)}\` creates the bridge again.`;
  return missing.map(({ message }) => `kvmvlan: the change is permanent, but ${message} ${back}\n`);
}

/** Makes the change permanent. Throws KnownError before anything is written, if it cannot. */
export async function confirmMove(
  { change, kind, record }: PendingMove,
  { io, stderr }: CliContext,
): Promise<void> {
  show(await keepChange(change, io), stderr);
  writeRecord(record.bridge, kind === 'create' ? record : null, io);
}

/**
 * What remains to be done when the change no longer waits: a manager that hangs cannot have it rolled back.
 *
 * @returns whether all of it succeeded
 */
export async function settleMove({ change }: PendingMove, { io, stderr }: CliContext): Promise<boolean> {
  const problems = await settleChange(change, io);
  show(problems, stderr);
  return problems.length === 0;
}

function show(problems: readonly Problem[], stderr: CliContext['stderr']): void {
  for (const { message, hint } of problems) stderr(`kvmvlan: ${message} ${hint}\n`);
}
