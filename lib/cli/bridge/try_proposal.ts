import { BOOT_ID_FILE, PENDING_FILE } from '../../apply/rollback/state_files';
import { formatPending, type Pending } from '../../apply/rollback/pending';
import { answered, probesOf } from '../../apply/network/probes';
import { whyFailed } from '../../model/describe_end';
import { KnownError } from '../../model/known_error';
import { loginOf, startedTicks } from '../../system/process/login';
import type { CliContext } from '../command';
import { refuseWhilePending } from '../refuse_while_pending';
import { cancelUndo, KEEP_CHILDREN, scheduleUndo } from '../undo/schedule_undo';
import { withLock } from '../with_lock';
import { followMove } from './follow_move';
import { logOf, unitOf } from './move_service';
import type { Outcome } from './proposal_json';
import type { Proposal } from './proposal';

type Planned = NonNullable<Proposal['plan']>;

/**
 * Arms the rollback, then starts the change in a service of its own, which goes on if this process and its session end.
 * Then follows the service.
 */
export async function tryProposal(
  proposal: Proposal,
  plan: Planned,
  seconds: number,
  context: CliContext,
): Promise<Outcome> {
  const { io } = context;
  const peer = loginOf()?.peer ?? null;
  const probes = await answered(await probesOf(proposal.before, proposal.move, peer, io), io);
  const pending = await withLock(context, async () => {
    refuseWhilePending(io);
    const armed = armedWith(proposal, plan, probes, seconds, context);
    io.writeText(PENDING_FILE, formatPending(armed));
    try {
      await scheduleUndo([...self(), 'undo', '--id', armed.id], armed.id, seconds, io);
      await startService(armed, context);
    } catch (error) {
      io.writeText(PENDING_FILE, null);
      await cancelUndo(armed.id, io);
      throw error;
    }
    return armed;
  });
  return followMove(pending, context);
}

function armedWith(
  { kind, before, move, bridge }: Proposal,
  { change, record, conf }: Planned,
  probes: NonNullable<Pending['move']>['probes'],
  seconds: number,
  { io, root }: CliContext,
): Pending & { readonly move: object } {
  return {
    id: `${bridge}-${Date.now()}-${process.pid}`.replace(/[^A-Za-z0-9-]/g, '-'),
    bootId: io.readText(BOOT_ID_FILE)?.trim() ?? '',
    until: Date.now() + seconds * 1000,
    root,
    files:
      conf === null || conf.was === conf.text
        ? []
        : [{ name: conf.name, path: conf.path, was: conf.was, tried: conf.text }],
    touched: { bridges: new Map(), ports: new Map(), uplinks: [] },
    move: { kind, record, change, move, before, probes, startedTicks: startedTicks() },
  };
}

/** This program, for a service of systemd. */
function self(): string[] {
  return [process.execPath, process.argv[1] ?? ''];
}

async function startService({ id, root }: Pending, { io }: CliContext): Promise<void> {
  const result = await io.exec('systemd-run', [
    '--quiet',
    '--collect',
    `--unit=${unitOf(id)}`,
    KEEP_CHILDREN,
    `--property=StandardOutput=append:${logOf(id)}`,
    `--property=StandardError=append:${logOf(id)}`,
    '--description=kvmvlan: a bridge is created or removed',
    ...self(),
    'bridge',
    'run',
    '-',
    `--id=${id}`,
    `--root=${root}`,
  ]);
  if (result.ok) return;
  throw new KnownError(
    `the change cannot be started as a service of systemd, so nothing has been changed: ${whyFailed(result)}`,
    'A bridge is created only on a host that systemd has booted: find out why `systemd-run true` fails.',
  );
}
