import type { HostIo } from '../../model/io';
import type { PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import { lostBy } from '../../plan/network/lost_by';
import { readHost } from '../../system/iproute2/read_host';
import { readNetwork } from '../../system/iproute2/read_network';
import { answered, movedProbe } from './probes';
import { describeMissing, type Missing, noAnswer, notArrived, rolledBackMeanwhile } from './problems';
import { RouterAsker } from './router_asker';

type Io = Pick<HostIo, 'exec' | 'readText' | 'sleep' | 'now' | 'log'>;

/** How long addresses may take: STP of the switch, DHCP, and duplicate address detection. In milliseconds. */
const ARRIVAL_MS = 90_000;
const STEP_MS = 500;
/** After this time it is shown what is waited for. */
const SILENT_MS = 5_000;

/**
 * Waits until everything has moved, then asks the hosts that answered before.
 *
 * @param isOurs whether the change still waits; if not, somebody has rolled it back
 * @returns why it failed; empty: all has arrived
 */
export async function arrive(pending: PendingMove, isOurs: () => boolean, io: Io): Promise<Problem[]> {
  const began = io.now();
  const routers = new RouterAsker(io);
  let shown = '';
  for (;;) {
    if (!isOurs()) return [rolledBackMeanwhile()];
    const left = await stillMissing(pending, routers, io);
    if (left.length === 0) break;
    // A look takes time, too.
    const waited = io.now() - began;
    if (waited >= ARRIVAL_MS) return left.map(notArrived);
    const waitsFor = left.map(describeMissing).join('; ');
    if (waited >= SILENT_MS && shown !== waitsFor) {
      shown = waitsFor;
      io.log.info(`waiting: ${waitsFor}`);
    }
    await io.sleep(STEP_MS);
  }
  const probes = pending.probes.map((probe) => movedProbe(probe, pending.move));
  const ok = await answered(probes, io);
  return probes.filter((probe) => !ok.includes(probe)).map(noAnswer);
}

async function stillMissing(
  { before, move, kind, record, change }: PendingMove,
  routers: RouterAsker,
  io: Io,
): Promise<Missing[]> {
  const now = await readNetwork(io);
  const { bridge, port } = record;
  const [uplink, made] = [now.links.get(port), now.links.get(bridge)];
  const structure: Missing[] = [];
  if (kind === 'create') {
    if (made?.kind !== 'bridge') structure.push({ kind: 'no-bridge', bridge, backend: change.backend });
    else if (uplink?.master !== bridge) structure.push({ kind: 'no-port', bridge, port });
    else if ((await readHost(io.exec)).bridges.get(bridge)?.filtering !== true)
      structure.push({ kind: 'no-filtering', bridge });
  } else if ((uplink?.master ?? null) !== null)
    structure.push({ kind: 'still-port', bridge: uplink?.master ?? '', port });
  const lost = lostBy(before, now, move);
  await routers.ask(lost, now);
  return [...structure, ...lost.map((each): Missing => ({ kind: 'lost', lost: each }))];
}
