import { join } from 'node:path';
import { runMove, type Moved } from '../../apply/network/run_move';
import { readPending } from '../../apply/rollback/confs_in_effect';
import type { Pending } from '../../apply/rollback/pending';
import { MOTD_FILE } from '../../apply/rollback/state_files';
import { Exit, KnownError } from '../../model/known_error';
import type { PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import { bridgeInit, type BridgeInitReport } from '../../plugins/bridge_init';
import { runPlugin } from '../../plugins/run_plugin';
import type { CliContext } from '../command';
import { cancelUndo, hastenUndo } from '../undo/schedule_undo';
import { withLock } from '../with_lock';
import { resultOf } from './move_service';

/** Makes the change that `bridge create` or `bridge remove` has armed: what the service runs. */
export async function runPendingMove(id: string, context: CliContext): Promise<number> {
  const { io } = context;
  const pending = readPending(io);
  const move = pending?.move ?? null;
  if (pending === null || pending.id !== id || move === null)
    throw new KnownError('there is no such change', 'Start it with `kvmvlan bridge create`.', Exit.usage);
  const moved = await tryIt({ ...pending, move }, context);
  io.writeText(resultOf(id), JSON.stringify(moved satisfies Moved), 0o600);
  if (moved.status === 'rolled-back') await cancelUndo(id, io);
  // It tries again until it succeeds. With a long --confirm, its timer would be far away.
  if (moved.status === 'rollback-incomplete') await hastenUndo(id, io);
  if (moved.status !== 'works') return Exit.failed;
  const until = new Date(pending.until).toLocaleTimeString('en-GB');
  io.writeText(
    MOTD_FILE,
    `kvmvlan: a change of this host's network is rolled back at ${until} unless you run: sudo kvmvlan confirm\n`,
    0o644,
  );
  return Exit.done;
}

/** A bug must not leave the host without its network until the time is over. */
async function tryIt(pending: Pending & { readonly move: PendingMove }, context: CliContext): Promise<Moved> {
  const { io, root } = context;
  const { kind, record } = pending.move;
  try {
    return await runMove(
      pending,
      () => (kind === 'create' ? setBridge(record.bridge, root, context) : Promise.resolve([])),
      io,
      // The network manager must not be waited for under the lock: guests that start meanwhile need it.
      (work) => withLock(context, work),
    );
  } catch (error) {
    await hastenUndo(pending.id, io);
    throw error;
  }
}

/** Sets the VLANs of the new bridge as its section says. Errors of other sections do not concern it. */
async function setBridge(bridge: string, root: string, { io }: CliContext): Promise<readonly Problem[]> {
  const conf = join(root, 'conf', 'bridge_init.conf');
  const call = { object: 'start', all: false, hook: null, conf, dryRun: false };
  const outcome = await runPlugin(bridgeInit, call, io);
  const { bridges = [], problems = [] } = outcome.report as Partial<BridgeInitReport>;
  const own = bridges.find((each) => each.bridge === bridge);
  const errors = (own?.problems ?? problems).filter(({ level }) => level === 'error');
  return own === undefined && errors.length === 0
    ? [
        {
          level: 'error',
          code: 'bridge-not-set',
          message: `${bridge} was not set: ${outcome.summary}.`,
          hint: '',
        },
      ]
    : errors;
}
