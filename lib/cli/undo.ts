import { Exit, KnownError } from '../types';
import type { CliContext, Command } from './command';
import { cancelUndo } from './schedule_undo';
import { pendingChange, undoChanges } from './undo_changes';

/** How often the scheduled undo tries to get the lock, 30 s each: it is the host's way back. */
const LOCK_TRIES = 20;

export const undo: Command = {
  command: 'undo',
  describe: 'undo at once what `kvmvlan apply --confirm` did and nobody has confirmed',
  examples: [['kvmvlan undo', 'bring bridges and ports back to what they were']],
  options: (yargs) =>
    yargs.option('id', { type: 'string', hidden: true, describe: 'only this change; for the timer' }),
  run: async (args, context) => {
    const { io, stdout, stderr } = context;
    if (!io.isRoot)
      throw new KnownError('only root may change the VLANs of a bridge', 'Run `sudo kvmvlan undo`.');
    const isScheduled = typeof args.id === 'string';
    const release = await takeLock(context, isScheduled ? LOCK_TRIES : 1);
    try {
      const saved = pendingChange(io);
      // Confirmed, undone, or another change by now.
      if (isScheduled && saved?.id !== args.id) return Exit.done;
      if (saved === null) {
        stdout('Nothing waits to be confirmed, so there is nothing to undo.\n');
        return Exit.done;
      }
      const { commands, problems } = await undoChanges(saved, io);
      for (const { message, hint } of problems) stderr(`kvmvlan: ${message} ${hint}\n`);
      if (problems.length > 0) return Exit.failed;
      if (!isScheduled) await cancelUndo(saved.id, io);
      stdout(`Undone, by ${commands} commands: bridges and ports are what they were.\n`);
      return Exit.done;
    } finally {
      release();
    }
  },
};

async function takeLock({ io }: CliContext, tries: number): Promise<() => void> {
  for (let left = tries - 1; ; left--) {
    try {
      return await io.lock();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
