import { isOver, readPending } from '../../apply/rollback/confs_in_effect';
import { isSameBoot, rollBack } from '../../apply/rollback/roll_back';
import { readRejected } from '../../apply/rollback/rejected';
import { Exit, type ExitCode, KnownError } from '../../model/known_error';
import type { HostIo } from '../../model/io';
import type { Pending } from '../../apply/rollback/pending';
import { unitOf } from '../bridge/move_service';
import type { Problem } from '../../model/problem';
import { shellQuote } from '../../text/shell_quote';
import type { CliContext, Command } from '../command';
import { describeError } from '../describe_error';
import { retry } from './retry';
import { cancelUndo } from './schedule_undo';
import { withLock } from '../with_lock';

export const undo: Command = {
  command: 'undo',
  describe: 'roll back the unconfirmed changes of `kvmvlan apply --confirm` or `kvmvlan bridge`',
  examples: [['kvmvlan undo', 'restore bridges, ports and conf files']],
  options: (yargs) =>
    yargs
      .option('id', { type: 'string', hidden: true, describe: 'only this change; for the timer' })
      .epilogue(
        'Conf files are restored too, so that no event applies the change again. The edit is kept as *.rejected.',
      ),
  run: async (args, context) => {
    const { io, stdout } = context;
    if (!io.isRoot)
      throw new KnownError('only root may change the VLANs of a bridge', 'Run `sudo kvmvlan undo`.');
    if (typeof args.id === 'string') return undoScheduled(args.id, context);
    return withLockOrWithout(context, async () => {
      const pending = readPending(io);
      if (pending === null) {
        stdout('Nothing to roll back: no change waits to be confirmed.\n');
        return Exit.done;
      }
      const isRebooted = !isSameBoot(pending, io);
      await stopMove(pending, io);
      const why = isRebooted ? 'rebooted' : isOver(pending, io) ? 'not confirmed' : 'undone';
      const { commands, problems, notes } = await rollBack(pending, why, io);
      report([...problems, ...notes], context);
      if (problems.length > 0) return Exit.failed;
      await cancelUndo(pending.id, io);
      if (pending.move !== null)
        stdout(
          `${pending.move.move.from} has again what it had before: the network of this host is restored.\n`,
        );
      stdout(`Rolled back with ${commands} command${commands === 1 ? '' : 's'}: the change is undone.\n`);
      for (const { path, rejected } of readRejected(io)?.files ?? [])
        stdout(`${path} is restored, too; the edit is in ${shellQuote(rejected)}.\n`);
      return Exit.done;
    });
  },
};

/** Retries until all is rolled back, or the change is confirmed, rolled back by hand, or replaced by another change. */
async function undoScheduled(id: string, context: CliContext): Promise<ExitCode> {
  const { io, stderr } = context;
  await retry(
    (nth) => {
      const attempt = async (): Promise<boolean> => {
        const pending = readPending(io);
        if (pending?.id !== id) return true;
        await stopMove(pending, io);
        const { problems, notes } = await rollBack(pending, 'not confirmed', io);
        report([...problems, ...notes], context);
        return problems.length === 0;
      };
      // A process that holds the lock for so long hangs. It must not prevent the rollback, which may reconnect the
      // host.
      return nth === 1 ? withLock(context, attempt) : withLockOrWithout(context, attempt);
    },
    (error) => stderr(`kvmvlan: ${describeError(error)}\n`),
  );
  return Exit.done;
}

/** A change of the host's network may still be going on: the service, and the program that it waits for. */
async function stopMove({ id, move }: Pending, { exec }: HostIo): Promise<void> {
  if (move === null) return;
  await exec('systemctl', ['kill', '--signal=SIGKILL', unitOf(id)]);
  await exec('systemctl', ['stop', unitOf(id)]);
}

/** Runs `work` under the lock, or without it if another process holds it for too long. */
async function withLockOrWithout<T>(context: CliContext, work: () => Promise<T>): Promise<T> {
  let isHeld = true;
  try {
    return await withLock(context, () => {
      isHeld = false;
      return work();
    });
  } catch (error) {
    if (!isHeld || !(error instanceof KnownError)) throw error;
    context.stderr(`kvmvlan: ${describeError(error)} Continuing without the lock.\n`);
    return work();
  }
}

function report(problems: readonly Problem[], { stderr }: CliContext): void {
  for (const { message, hint } of problems) stderr(`kvmvlan: ${message} ${hint}\n`);
}
