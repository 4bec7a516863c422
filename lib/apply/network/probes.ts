import type { HostIo } from '../../model/io';
import type { HostNetwork } from '../../model/network/host_network';
import type { Probe } from '../../model/network/probe';
import { parseResolvConf } from '../../model/network/parse_resolvectl';
import { lastingRoutes } from '../../plan/network/lost_by';
import { isMoved, movedName, movedZone, withZoneName, type Move } from '../../model/network/move';
import { answersDns } from '../../system/network/ask_dns';
import { nudge } from '../../system/network/nudge';

/** How long a neighbour may take: three solicitations, a second apart (arp(7)). */
const NEIGHBOUR_MS = 4_000;
const STEP_MS = 250;

/** States of an entry whose neighbour has answered. Source: ip-neighbour(8). */
const ANSWERED = ['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'PERMANENT'];

type Io = Pick<HostIo, 'exec' | 'sleep'>;

/**
 * The hosts to ask: all gateways on the interfaces that move, all name servers, and the peer of the user's session if it
 * is a neighbour. Other peers are behind a gateway.
 */
export async function probesOf(
  network: HostNetwork,
  move: Move,
  peer: string | null,
  io: Io,
): Promise<Probe[]> {
  const { links, linkDns, resolvConf } = network;
  const devs = [move.from, ...move.vlans].filter((dev) => links.has(dev));
  const gateways = devs.flatMap((dev) =>
    lastingRoutes(network, dev).flatMap(({ via }): Probe[] =>
      via === null ? [] : [{ kind: 'gateway', address: via, dev }],
    ),
  );
  const servers = [
    ...[...linkDns].filter(([dev]) => isMoved(move, dev)).flatMap(([, dns]) => dns.servers),
    ...parseResolvConf(resolvConf ?? '').servers,
  ]
    .filter((server) => !/^(127\.|::1$)/.test(server))
    .map((server) => withZoneName(server, network));
  const session = peer === null ? [] : await sessionProbe(peer, devs, io);
  const all: Probe[] = [
    ...gateways,
    ...servers.map((address): Probe => ({ kind: 'name-server', address })),
    ...session,
  ];
  return [...new Map(all.map((probe) => [JSON.stringify(probe), probe])).values()];
}

async function sessionProbe(peer: string, devs: readonly string[], io: Io): Promise<Probe[]> {
  const { stdout } = await io.exec('ip', ['-j', 'route', 'get', peer]);
  try {
    const [route] = JSON.parse(stdout) as { dev?: string; gateway?: string }[];
    const dev = route?.dev ?? '';
    return route?.gateway === undefined && devs.includes(dev)
      ? [{ kind: 'session', address: peer, dev }]
      : [];
  } catch {
    return [];
  }
}

/** The probes that get an answer, asked all at once. */
export async function answered(probes: readonly Probe[], io: Io): Promise<Probe[]> {
  const results = await Promise.all(probes.map(async (probe) => ((await answers(probe, io)) ? [probe] : [])));
  return results.flat();
}

/** The same probe after a move. */
export function movedProbe(probe: Probe, move: Move): Probe {
  if (probe.kind === 'name-server') return { ...probe, address: movedZone(move, probe.address) };
  return { ...probe, dev: movedName(move, probe.dev) };
}

async function answers(probe: Probe, io: Io): Promise<boolean> {
  if (probe.kind === 'name-server') return answersDns(probe.address);
  const { address, dev } = probe;
  // An old entry does not show whether the neighbour answers now.
  await io.exec('ip', ['neigh', 'flush', 'to', address, 'dev', dev]);
  for (let waited = 0; waited < NEIGHBOUR_MS; waited += STEP_MS) {
    if (waited % 1000 === 0) await nudge(address, dev);
    await io.sleep(STEP_MS);
    const { stdout } = await io.exec('ip', ['-j', 'neigh', 'show', 'to', address, 'dev', dev]);
    if (isAnswered(stdout)) return true;
  }
  return false;
}

function isAnswered(output: string): boolean {
  try {
    const [entry] = JSON.parse(output.trim() === '' ? '[]' : output) as {
      lladdr?: string;
      state?: string[];
    }[];
    return entry?.lladdr !== undefined && (entry.state ?? []).some((state) => ANSWERED.includes(state));
  } catch {
    return false;
  }
}
