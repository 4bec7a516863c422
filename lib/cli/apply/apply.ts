import { join } from 'node:path';
import { keepApplied } from '../../apply/rollback/confs_in_effect';
import { formatPending, type Pending } from '../../apply/rollback/pending';
import {
  appliedFile,
  BOOT_ID_FILE,
  MOTD_FILE,
  PENDING_FILE,
  REJECTED_FILE,
} from '../../apply/rollback/state_files';
import { readIniLines } from '../../model/conf/ini_lines';
import { Exit, KnownError, type ExitCode } from '../../model/known_error';
import { touchedBy } from '../../plan/plan_rollback';
import { changesJson } from '../plan/changes_json';
import { planText, routeChangesOf } from '../plan/plan';
import { applyPlan, type Applied } from './apply_plan';
import type { CliArgs, CliContext, Command } from '../command';
import { isAgreed } from '../is_agreed';
import { planStatus } from '../plan/plan_status';
import { refuseWhilePending } from '../refuse_while_pending';
import { secondsOf } from '../seconds_of';
import { planOf, type Plan } from '../../apply/state/read_plan';
import { readSwitches } from '../../apply/state/read_switches';
import { cancelUndo, scheduleUndo } from '../undo/schedule_undo';
import { withLock } from '../with_lock';

export const apply: Command = {
  command: 'apply',
  describe: 'set all bridges, and the ports and routed interfaces of running guests, as conf says',
  examples: [
    ['kvmvlan apply', 'show the plan, ask, then apply it'],
    ['kvmvlan apply --confirm 60', 'roll back after 60 s unless you run `kvmvlan confirm`'],
    ['kvmvlan apply --yes', 'do not ask; for scripts'],
    ['kvmvlan apply --yes --json', 'for fleet tools: whether it has changed anything'],
  ],
  options: (yargs) =>
    yargs
      .option('yes', { alias: 'y', type: 'boolean', default: false, describe: 'do not ask' })
      .option('confirm', {
        type: 'string',
        describe: 'roll back after this many seconds unless confirmed',
      })
      .option('force', {
        type: 'boolean',
        default: false,
        describe: 'apply even if this disconnects the host',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print the result as JSON, see docs/json.md; needs --yes',
      })
      .epilogue(
        'Exit status: 0 applied, or nothing to do; 1 not everything is as planned; 2 refused, wrong usage or conf.',
      ),
  run: async (args, context) => {
    const { io, stdout } = context;
    if (!io.isRoot)
      throw new KnownError(
        'only root may change the VLANs of a bridge',
        'Run `sudo kvmvlan apply`. `kvmvlan plan` shows what it would do and does not need root.',
      );
    const seconds = secondsOf(args.confirm);
    if (args.json !== true) return (await applyConf(args, seconds, context)).status;
    if (args.yes !== true)
      throw new KnownError(
        '--json cannot ask',
        'Use `--yes --json`; `kvmvlan plan --json` shows the plan.',
        Exit.usage,
      );
    const result = await applyConf(args, seconds, { ...context, stdout: () => undefined });
    stdout(`${JSON.stringify(applyJson(result), null, 2)}\n`);
    return result.status;
  },
};

/** What an `apply` did. */
interface Result extends Applied {
  readonly status: ExitCode;
  /** When it is rolled back unless confirmed, in milliseconds since 1970; null: not at all. */
  readonly until: number | null;
}

/** With `changed` and `comment` this is what Salt reads of a command with `stateful: True`. */
function applyJson({ status, ran, isDone, until }: Result): object {
  const commands = `${ran} command${ran === 1 ? '' : 's'}`;
  return {
    format: 1,
    status: isDone ? (ran > 0 ? 'applied' : 'nothing') : status === Exit.usage ? 'error' : 'failed',
    changed: ran > 0,
    comment: !isDone
      ? `after ${commands}, not everything is as conf says`
      : ran > 0
        ? `applied with ${commands}, and verified`
        : 'nothing to do',
    confirmUntil: until === null ? null : new Date(until).toISOString(),
  };
}

async function applyConf(args: CliArgs, seconds: number | null, context: CliContext): Promise<Result> {
  const { stdout, io } = context;
  refuseWhilePending(io);
  const plan = await readFreePlan(context);
  stdout(planText(plan, context));
  const mayDisconnect = seconds !== null || args.force === true;
  if (plan.changes.length === 0 && routeChangesOf(plan).length === 0) {
    const isDone = planStatus(plan) === 0;
    if (isDone) keepConfs(plan, context);
    return { status: isDone ? Exit.done : Exit.usage, ran: 0, isDone, until: null };
  }
  if (plan.risks.length > 0 && !mayDisconnect)
    throw new KnownError(
      'refused: this can disconnect the host',
      'Use `--confirm 60`, which rolls back unless you confirm in time, or use `--force`.',
      Exit.usage,
    );
  if (args.yes !== true && !(await isAgreed('Apply this? [y/N] '))) {
    stdout('Nothing has been changed.\n');
    return { status: Exit.failed, ran: 0, isDone: false, until: null };
  }
  return change(plan, seconds, mayDisconnect, context);
}

/** `apply` ignores earlier rollbacks: with it, the user makes the conf files take effect again. */
async function readFreePlan({ root, io }: CliContext): Promise<Plan> {
  return planOf(await readSwitches(root, io), new Set());
}

/**
 * Under the lock, reads the host again and applies the plan if it is still the plan that was shown, risks included. The
 * rollback is scheduled before the first change.
 */
async function change(
  shown: Plan,
  seconds: number | null,
  force: boolean,
  context: CliContext,
): Promise<Result> {
  const { stdout, io } = context;
  // It must finish even if its terminal is gone.
  for (const signal of ['SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => undefined);
  for (const stream of [process.stdout, process.stderr])
    stream.removeAllListeners('error').on('error', () => undefined);
  return withLock(context, async () => {
    refuseWhilePending(io);
    const plan = await readFreePlan(context);
    if (agreedTo(plan) !== agreedTo(shown))
      throw new KnownError(
        'the host or conf has changed since the plan was shown; nothing has been changed',
        'Run `kvmvlan apply` again.',
      );
    const until = seconds === null ? null : await schedule(plan, seconds, context);
    const applied = await applyPlan(plan, force && plan.risks.length > 0, context);
    if (until === null && applied.isDone) keepConfs(plan, context);
    if (until !== null) stdout('\nIf you are still connected, run `kvmvlan confirm`.\n');
    return { ...applied, status: applied.isDone ? Exit.done : Exit.failed, until };
  });
}

/** Everything that the user has seen and agreed to: the steps, and their risks for the host's connection. */
function agreedTo(found: Plan): string {
  const { plan, changes, risks } = found;
  return JSON.stringify([changesJson(changes), risks, plan.steps, changesJson(routeChangesOf(found))]);
}

/** Schedules the rollback. Returns when it happens, in milliseconds since 1970. */
async function schedule(plan: Plan, seconds: number, context: CliContext): Promise<number> {
  const { io, root, stdout } = context;
  const until = Date.now() + seconds * 1000;
  const pending: Pending = {
    id: `${Date.now()}-${process.pid}`,
    bootId: io.readText(BOOT_ID_FILE)?.trim() ?? '',
    until,
    root,
    files: confsOf(plan, context).map(({ name, path, text }) => ({
      name,
      path,
      was: io.readText(appliedFile(root, name)) ?? (saysNothing(text) ? text : null),
      tried: text,
    })),
    touched: touchedBy(plan.plan.steps, plan.state.host, portsOfNoGuest(plan)),
    move: null,
  };
  io.writeText(PENDING_FILE, formatPending(pending));
  try {
    const file = process.argv[1] ?? '';
    await scheduleUndo([process.execPath, file, 'undo', '--id', pending.id], pending.id, seconds, io);
  } catch (error) {
    io.writeText(PENDING_FILE, null);
    await cancelUndo(pending.id, io);
    throw error;
  }
  const time = new Date(until).toLocaleTimeString('en-GB');
  stdout(
    `This will be rolled back at ${time}, in ${seconds} s, or at a reboot, unless you run:\n\n  kvmvlan confirm\n\n`,
  );
  return until;
}

/** A text of comments alone, as in a sample, changes nothing: it is in effect without ever having been applied. */
function saysNothing(text: string): boolean {
  return readIniLines(text).length === 0;
}

/** The conf files that a plan was made from. */
function confsOf({ state }: Plan, { root }: CliContext): { name: string; path: string; text: string }[] {
  return Object.entries(state.confTexts).flatMap(([name, text]) =>
    text === null ? [] : [{ name, path: join(root, 'conf', `${name}.conf`), text }],
  );
}

/** Records the conf files as applied, and removes the notice about an earlier rollback. */
export function keepConfs(plan: Plan, context: CliContext): void {
  for (const { path, text } of confsOf(plan, context)) keepApplied(path, text, context.io);
  forgetRejection(context);
}

export function forgetRejection({ io }: Pick<CliContext, 'io'>): void {
  for (const file of [REJECTED_FILE, MOTD_FILE]) io.writeText(file, null);
}

function portsOfNoGuest({ state }: Plan): string[] {
  const ports = state.switches.flatMap((one) => one.ports);
  return ports.flatMap(({ name, role }) => (['trunk', 'tunnel', 'other'].includes(role) ? [name] : []));
}
