import { Exit, KnownError, type ExitCode } from '../types';
import type { CliContext, Command } from './command';
import { describeError } from './describe_error';
import { cancelUndo } from './schedule_undo';
import { pendingChange, undoChanges } from './undo_changes';
import { untilDone } from './until_done';
import { withLock } from './with_lock';

/** How long the scheduled undo tries: it is the host's way back. */
const PATIENCE = { everyMs: 5_000, forMs: 600_000 };

export const undo: Command = {
  command: 'undo',
  describe: 'undo at once what `kvmvlan apply --confirm` did and nobody has confirmed',
  examples: [['kvmvlan undo', 'bring bridges and ports back to what they were']],
  options: (yargs) =>
    yargs
      .option('id', { type: 'string', hidden: true, describe: 'only this change; for the timer' })
      .epilogue(
        'Conf files stay as they are: unless they are edited, the next start of libvirt or of a guest makes the change again.',
      ),
  run: async (args, context) => {
    const { io, stdout } = context;
    if (!io.isRoot)
      throw new KnownError('only root may change the VLANs of a bridge', 'Run `sudo kvmvlan undo`.');
    if (typeof args.id === 'string') return undoScheduled(args.id, context);
    return withLock(context, async () => {
      const saved = pendingChange(io);
      if (saved === null) {
        stdout('Nothing waits to be confirmed, so there is nothing to undo.\n');
        return Exit.done;
      }
      const { commands, problems } = await undoChanges(saved, io);
      tell(problems, context);
      if (problems.length > 0) return Exit.failed;
      await cancelUndo(saved.id, io);
      stdout(
        `Undone, by ${commands} command${commands === 1 ? '' : 's'}: bridges and ports are what they were.\n` +
          'The conf files are not: unless you edit them, the next start of libvirt or of a guest makes the change again.\n',
      );
      return Exit.done;
    });
  },
};

/** Until all is back, or there is nothing to undo: confirmed, undone by hand, or another change by now. */
async function undoScheduled(id: string, context: CliContext): Promise<ExitCode> {
  const { io, stderr } = context;
  const attempt = async (): Promise<boolean> => {
    const saved = pendingChange(io);
    if (saved?.id !== id) return true;
    const { problems } = await undoChanges(saved, io);
    tell(problems, context);
    return problems.length === 0;
  };
  const isDone = await untilDone(
    () => withLock(context, attempt),
    PATIENCE,
    (error) => {
      // Whatever it is, the way back is tried again.
      stderr(`kvmvlan: ${describeError(error)}\n`);
    },
  );
  return isDone ? Exit.done : Exit.failed;
}

function tell(problems: readonly { message: string; hint: string }[], { stderr }: CliContext): void {
  for (const { message, hint } of problems) stderr(`kvmvlan: ${message} ${hint}\n`);
}
