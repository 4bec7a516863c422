import { writeUndoFile } from '../system/undo_file';
import { Exit, KnownError } from '../types';
import type { Command } from './command';
import { cancelUndo } from './schedule_undo';
import { pendingChange } from './undo_changes';
import { withLock } from './with_lock';

export const confirm: Command = {
  command: 'confirm',
  describe: 'keep what `kvmvlan apply --confirm` did: it is not undone',
  examples: [['kvmvlan confirm', 'you are still connected, so keep it']],
  options: (yargs) => yargs,
  run: async (_args, context) => {
    const { io, stdout } = context;
    if (!io.isRoot)
      throw new KnownError('only root may keep changes of VLANs', 'Run `sudo kvmvlan confirm`.');
    await withLock(context, async () => {
      const saved = pendingChange(io);
      if (saved === null) {
        throw new KnownError(
          'nothing waits to be confirmed: it was confirmed, or it has been undone',
          '`kvmvlan status` shows what is true now.',
        );
      }
      if (Date.now() >= saved.until) {
        throw new KnownError(
          'it is too late: the change is being undone, or has been undone in part',
          'Run `kvmvlan undo` to have all of it undone, then look at `kvmvlan status`.',
        );
      }
      writeUndoFile(null);
      await cancelUndo(saved.id, io);
    });
    stdout('Confirmed: the changes stay.\n');
    return Exit.done;
  },
};
