import type { HostIo } from '../../model/io';
import type { PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import { describeLost } from '../../plan/network/describe_lost';
import { lostBy } from '../../plan/network/lost_by';
import { readHost } from '../../system/iproute2/read_host';
import { readNetwork } from '../../system/iproute2/read_network';
import { answered, describeProbe, movedProbe } from './probes';
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
    if (!isOurs()) return [lost('the change was rolled back meanwhile')];
    const left = await stillMissing(pending, routers, io);
    if (left.length === 0) break;
    // A look takes time, too.
    const waited = io.now() - began;
    if (waited >= ARRIVAL_MS) return left.map(lost);
    if (waited >= SILENT_MS && shown !== left.join()) {
      shown = left.join();
      io.log.info(`waiting: ${left.join('; ')}`);
    }
    await io.sleep(STEP_MS);
  }
  const probes = pending.probes.map((probe) => movedProbe(probe, pending.move));
  const ok = await answered(probes, io);
  return probes
    .filter((probe) => !ok.includes(probe))
    .map((probe) => ({
      level: 'error',
      code: 'bridge-no-answer',
      message: `${describeProbe(probe)} answered before, and does not answer now.`,
      hint: 'Check whether the switch accepts the host at this port: port security, STP with BPDU guard, VLANs.',
    }));
}

function lost(what: string): Problem {
  return {
    level: 'error',
    code: 'bridge-lost',
    message: `${what}.`,
    hint: 'The log of the network manager shows why: `journalctl -b -n 100`.',
  };
}

async function stillMissing(
  { before, move, kind, record, change }: PendingMove,
  routers: RouterAsker,
  io: Io,
): Promise<string[]> {
  const now = await readNetwork(io);
  const { bridge, port } = record;
  const [uplink, made] = [now.links.get(port), now.links.get(bridge)];
  const structure: string[] = [];
  if (kind === 'create') {
    if (made?.kind !== 'bridge') structure.push(`${change.backend} did not create ${bridge}`);
    else if (uplink?.master !== bridge) structure.push(`${port} is no port of ${bridge}`);
    else if ((await readHost(io.exec)).bridges.get(bridge)?.filtering !== true)
      structure.push(`${bridge} does not filter VLANs`);
  } else if ((uplink?.master ?? null) !== null)
    structure.push(`${port} is still a port of ${uplink?.master ?? ''}`);
  const lost = lostBy(before, now, move);
  await routers.ask(lost, now);
  return [...structure, ...lost.map((each) => `${describeLost(each)} is missing`)];
}
