import { isOver, readPending } from '../../apply/rollback/confs_in_effect';
import { appliedFile, PENDING_FILE } from '../../apply/rollback/state_files';
import { Exit, KnownError } from '../../model/known_error';
import { forgetRejection } from '../apply/apply';
import type { Command } from '../command';
import { cancelUndo } from '../undo/schedule_undo';
import { withLock } from '../with_lock';

export const confirm: Command = {
  command: 'confirm',
  describe: 'keep the changes of `kvmvlan apply --confirm` or `kvmvlan bridge`: they are not rolled back',
  examples: [['kvmvlan confirm', 'you are still connected, so keep the changes']],
  options: (yargs) =>
    yargs.option('from-console', {
      type: 'boolean',
      default: false,
      describe: 'a change of `kvmvlan bridge`: this need not be a new login over ssh',
    }),
  run: async (args, context) => {
    const { io, stdout, stderr } = context;
    // Not part of the start-up snapshot: it needs parts of node that cannot be.
    const { confirmMove, missingNow, requireNewLogin, requireResult, settleMove } =
      await import('./confirm_move');
    if (!io.isRoot) throw new KnownError('only root may confirm changes', 'Run `sudo kvmvlan confirm`.');
    const { move, isSettled } = await withLock(context, async () => {
      const pending = readPending(io);
      if (pending === null) {
        throw new KnownError(
          'nothing waits to be confirmed: the change was confirmed, or it has been rolled back',
          '`kvmvlan status` shows the current state.',
        );
      }
      if (isOver(pending, io)) {
        throw new KnownError(
          'it is too late: the change is being rolled back, or is only partly rolled back',
          'Run `kvmvlan undo` to roll back all of it, then run `kvmvlan status`.',
        );
      }
      if (pending.move !== null) {
        requireResult(pending.id, io);
        requireNewLogin(pending.move, args.fromConsole === true);
        await confirmMove(pending.move, context);
      }
      // The text that took effect, even if conf has been edited since.
      for (const { name, tried } of pending.files) io.writeText(appliedFile(pending.root, name), tried);
      io.writeText(PENDING_FILE, null);
      forgetRejection(context);
      await cancelUndo(pending.id, io);
      const { move } = pending;
      return { move, isSettled: move === null || (await settleMove(move, context)) };
    });
    stdout('Confirmed: the changes stay.\n');
    const missing = move === null ? [] : await missingNow(move, io);
    missing.forEach(stderr);
    return isSettled && missing.length === 0 ? Exit.done : Exit.failed;
  },
};
