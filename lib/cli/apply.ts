import { join } from 'node:path';
import { Exit, KnownError } from '../types';
import { renderPlan } from '../view/render_plan';
import { formatSavedHost } from '../switch/saved_host';
import { writeUndoFile } from '../system/undo_file';
import { applyPlan } from './apply_plan';
import type { CliArgs, CliContext, Command } from './command';
import { planStatus } from './plan_status';
import { readPlan, type Plan } from './read_plan';
import { cancelUndo, scheduleUndo } from './schedule_undo';
import { pendingChange } from './undo_changes';
import { withLock } from './with_lock';

/** The longest time to confirm in: a day, in seconds. */
const MAX_SECONDS = 86_400;

export const apply: Command = {
  command: 'apply',
  describe: 'bring all bridges and running guests to what conf says, as bridge_init and vlan_filtering do',
  examples: [
    ['kvmvlan apply', 'show the plan, ask, do it'],
    ['kvmvlan apply --confirm 60', 'undo it all after 60 s, unless `kvmvlan confirm` is typed'],
    ['kvmvlan apply --yes', 'without asking, for scripts'],
  ],
  options: (yargs) =>
    yargs
      .option('yes', { alias: 'y', type: 'boolean', default: false, describe: 'do not ask' })
      .option('confirm', { type: 'string', describe: 'undo it after so many seconds unless confirmed' })
      .option('force', { type: 'boolean', default: false, describe: 'even if it cuts the host off' }),
  run: async (args, context) => {
    const { root, io, stdout } = context;
    if (!io.isRoot)
      throw new KnownError(
        'only root may change the VLANs of a bridge',
        'Run `sudo kvmvlan apply`; `kvmvlan plan` shows what it would do, also without root.',
      );
    const seconds = secondsOf(args);
    refuseWhilePending(context);
    const plan = await readPlan(root, io);
    stdout(
      renderPlan(plan, { width: context.columns, color: context.color, confFolder: join(root, 'conf') }),
    );
    if (plan.changes.length === 0) return planStatus(plan);
    if (plan.risks.length > 0 && seconds === null && args.force !== true)
      throw new KnownError(
        'refused: this changes how the host itself is reached',
        'Say `--confirm 60` to have it undone unless you confirm it in time, or `--force`.',
        Exit.usage,
      );
    if (args.yes !== true && !(await isAgreed())) {
      stdout('Nothing has been changed.\n');
      return Exit.failed;
    }
    return change(plan, seconds, context);
  },
};

/** Under the lock, from a fresh look that must still be what was shown; the way back is there before anything changes. */
async function change(shown: Plan, seconds: number | null, context: CliContext): Promise<number> {
  const { root, io, stdout } = context;
  // With its terminal gone it must still come to its end.
  for (const signal of ['SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => undefined);
  for (const stream of [process.stdout, process.stderr])
    stream.removeAllListeners('error').on('error', () => undefined);
  return withLock(context, async () => {
    refuseWhilePending(context);
    const plan = await readPlan(root, io);
    if (JSON.stringify(plan.changes) !== JSON.stringify(shown.changes))
      throw new KnownError(
        'the host or conf has changed since the plan was made; nothing has been done',
        'Run `kvmvlan apply` again.',
        Exit.failed,
      );
    if (seconds !== null) {
      const id = `${Date.now()}-${process.pid}`;
      const until = Date.now() + seconds * 1000;
      writeUndoFile(formatSavedHost({ id, until, uplinks: portsOfNoGuest(plan), host: plan.state.host }));
      const file = process.argv[1] ?? '';
      try {
        await scheduleUndo([process.execPath, file, 'undo', '--id', id], id, seconds, io);
      } catch (error) {
        writeUndoFile(null);
        await cancelUndo(id, io);
        throw error;
      }
      const time = new Date(until).toLocaleTimeString('en-GB');
      stdout(`It will be undone at ${time}, in ${seconds} s, unless you type:\n\n  kvmvlan confirm\n\n`);
    }
    return await applyPlan(plan, context);
  });
}

function secondsOf({ confirm }: CliArgs): number | null {
  if (confirm === undefined) return null;
  // Whatever else it is, the wish for a way back was there.
  const typed = typeof confirm === 'string' ? confirm : JSON.stringify(confirm);
  const seconds = Number(typed);
  if (/^\d+$/.test(typed) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new KnownError(
    `--confirm ${typed} is no number of seconds from 1 to ${MAX_SECONDS}`,
    'Say for example `--confirm 60`.',
    Exit.usage,
  );
}

function portsOfNoGuest({ state }: Plan): string[] {
  const ports = state.switches.flatMap((one) => one.ports);
  return ports.flatMap(({ name, role }) => (role === 'trunk' || role === 'other' ? [name] : []));
}

function refuseWhilePending({ io }: CliContext): void {
  const pending = pendingChange(io);
  if (pending === null) return;
  if (Date.now() >= pending.until)
    throw new KnownError(
      'an earlier change is being undone, or has been undone in part',
      'Type `kvmvlan undo` to have all of it undone, then apply again.',
      Exit.usage,
    );
  throw new KnownError(
    'an earlier change waits to be confirmed',
    'Type `kvmvlan confirm` to keep it or `kvmvlan undo` to take it back, then apply again.',
    Exit.usage,
  );
}

async function isAgreed(): Promise<boolean> {
  if (process.stdin.isTTY) return (await import('./ask')).ask('Do it? [y/N] ');
  throw new KnownError(
    'nobody can be asked: the input is no terminal',
    'Say `--yes` to do it without asking.',
    Exit.usage,
  );
}
