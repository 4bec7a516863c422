import { whyFailed } from '../../model/describe_end';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import type { HostNetwork } from '../../model/network/host_network';
import type { PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import { lostBy, type Lost } from '../../plan/network/lost_by';
import { planReplay } from '../../plan/network/plan_replay';
import { readNetwork } from '../../system/iproute2/read_network';
import { describeNotBack, notAsBefore, type NotBack, portsLeftBehind } from './problems';
import { RouterAsker } from './router_asker';
import { undoChange } from './run_change';

type Io = Pick<HostIo, 'exec' | 'readText' | 'writeText' | 'log' | 'sleep' | 'now'>;

/** How long the network manager gets to configure the old interface again, in milliseconds. */
const MANAGER_MS = 20_000;
const STEP_MS = 500;

/**
 * Takes a move back. If the network manager does not give the old interface its addresses back in time, `ip` does. It
 * can be repeated after a failure.
 *
 * @returns empty: the host's network is as it was before
 */
export async function undoMove(pending: PendingMove, io: Io): Promise<Problem[]> {
  // The change did not begin, or an earlier attempt has done it all: the manager would only interrupt the network.
  const now = hasTrialFile(pending, io) ? null : await readIfPossible(io);
  if (now !== null && missing(pending, now).length === 0) return [];
  const failed = await undoChange(pending.change, io);
  let left = await waitUntilBack(pending, io, MANAGER_MS);
  if (left.length > 0 && pending.kind === 'create') {
    io.log.warning(
      `${pending.change.backend} has not restored ${left.map(describeNotBack).join(', ')}: kvmvlan does it by ip.`,
    );
    await replay(pending, io);
    left = await waitUntilBack(pending, io, STEP_MS);
  }
  // What the kernel reports counts. A trial file that is still there would count at the next reload.
  const files = failed.filter(({ code }) => code === 'rollback-incomplete');
  if (left.length === 0) return files;
  return [...failed, notAsBefore(left)];
}

/** Without trial files in a change, nothing shows whether it has begun. */
function hasTrialFile({ change: { trial } }: PendingMove, io: Io): boolean {
  return trial.length === 0 || trial.some(({ path }) => io.readText(path) !== null);
}

/**
 * The ports of other programs that a bridge has, before its removal by an undo: taps of guests that have started
 * meanwhile.
 */
export async function otherPorts({ kind, record }: PendingMove, io: Io): Promise<string[]> {
  if (kind !== 'create') return [];
  const links = [...((await readIfPossible(io))?.links.values() ?? [])];
  return links.flatMap(({ name, master }) =>
    master === record.bridge && name !== record.port ? [name] : [],
  );
}

/** Names the ports that have lost their bridge by an undo. */
export async function portsLeft(
  { record: { bridge } }: PendingMove,
  ports: readonly string[],
  io: Io,
): Promise<Problem[]> {
  const links = (await readIfPossible(io))?.links;
  const left = ports.filter((name) => links?.get(name)?.master === null);
  return left.length === 0 ? [] : [portsLeftBehind(bridge, left)];
}

/** null: it cannot be read. That must not prevent the undo. */
async function readIfPossible(io: Io): Promise<HostNetwork | null> {
  try {
    return await readNetwork(io);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    io.log.warning(error.message);
    return null;
  }
}

/** @returns what is still missing after so many milliseconds */
async function waitUntilBack(pending: PendingMove, io: Io, ms: number): Promise<NotBack[]> {
  const began = io.now();
  const routers = new RouterAsker(io);
  for (;;) {
    const now = await readNetwork(io);
    const left = missing(pending, now);
    await routers.ask(lostBack(pending, now), now);
    // A look takes time, too.
    if (left.length === 0 || io.now() - began >= ms) return left;
    await io.sleep(STEP_MS);
  }
}

/** `ip` cannot restore DNS, and an MTU may follow the ports of a bridge. */
function lostBack({ before, move }: PendingMove, now: HostNetwork): Lost[] {
  return lostBy(before, now, { ...move, to: move.from }).filter(
    ({ kind }) => kind === 'address' || kind === 'route' || kind === 'rule',
  );
}

function missing(pending: PendingMove, now: HostNetwork): NotBack[] {
  const {
    kind,
    record: { bridge },
  } = pending;
  const isThere = now.links.has(bridge);
  return [
    ...lostBack(pending, now).map((lost): NotBack => ({ kind: 'lost', lost })),
    ...(isThere && kind === 'create' ? [{ kind: 'bridge-left', bridge } as const] : []),
    ...(!isThere && kind === 'remove' ? [{ kind: 'bridge-gone', bridge } as const] : []),
  ];
}

async function replay({ before, move, record }: PendingMove, io: Io): Promise<void> {
  // A route may need an address that only the first round sets.
  for (let round = 0; round < 2; round++) {
    for (const args of planReplay(before, await readNetwork(io), move, record.bridge)) {
      const result = await io.exec('ip', args);
      if (!result.ok) io.log.error(`ip ${args.join(' ')}: ${whyFailed(result)}`);
    }
  }
}
