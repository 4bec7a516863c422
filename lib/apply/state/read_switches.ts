import { join } from 'node:path';
import type { HostIo } from '../../model/io';
import { KnownError, problemOf } from '../../model/known_error';
import type { Problem } from '../../model/problem';
import { changeState } from '../rollback/change_state';
import { usesRoutes } from '../routes/uses_routes';
import type { BridgeInitConf } from '../../model/conf/bridge_init_conf';
import type { VlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import type { Domain } from '../../model/guest/domain';
import { readHost } from '../../system/iproute2/read_host';
import { matchPorts, withKernelBridges, type Match } from '../../model/match/match_ports';
import { claimsOf, type Claims } from '../../plan/claims';
import { matchProblems } from '../../model/match/match_problems';
import { guestsUnknown } from '../../system/libvirt/guest_problems';
import { readRunningGuests, toGuest, type ReadGuests } from '../../system/libvirt/read_guests';
import { distinctProblems } from '../../plan/distinct_problems';
import { bridgeTarget, type BridgeTarget } from '../../plan/bridge_target';
import { unjudgedTaps, type UnjudgedTap } from '../../plan/unjudged_taps';
import { routedView } from '../../plan/routes/routed_view';
import { buildSwitches } from '../../plan/switch/build_switches';
import { missingPorts } from '../../plan/switch/missing_ports';
import type { SwitchView, UnmetWish } from '../../plan/switch/switch';
import type { Host } from '../../model/host/host';
import { macTableBridges } from '../../system/libvirt/network_bridge';
import { readConfs, type Confs } from './read_confs';
import type { HostRoutes } from './read_host_routes';

/** Everything that is known about the host, from conf to kernel. Every command of `kvmvlan` uses it. */
export interface HostState extends SwitchView {
  readonly host: Host;
  readonly domains: readonly Domain[];
  readonly bridgeInit: BridgeInitConf;
  readonly vlanFiltering: VlanFilteringConf;
  readonly targets: readonly BridgeTarget[];
  readonly matches: readonly Match[];
  readonly claims: Claims;
  readonly confTexts: Confs['confTexts'];
  /** Taps of guests that cannot be read, to be kept out of all VLANs. */
  readonly unjudged: readonly UnjudgedTap[];
  /** null: this host routes no interface of a guest, or only root may know. */
  readonly routes: HostRoutes | null;
}

/**
 * Reads the conf files of a hooks root, libvirt's status files and the kernel. A file that cannot be read is a problem;
 * the rest is still returned. Throws KnownError if the kernel cannot be queried.
 */
export async function readSwitches(
  root: string,
  io: Pick<HostIo, 'exec' | 'readFolder' | 'readText' | 'isRoot'>,
): Promise<HostState> {
  const reading = readHost(io.exec);
  const { bridgeInit, vlanFiltering, confTexts, ...confs } = readConfs(root, io);
  const problems: Problem[] = [...confs.problems, ...(changeState(io)?.problems ?? [])];
  const guests = runningGuests(io, problems);
  const { domains: running, unread } = guests ?? { domains: [], unread: [] };
  const host = await reading;
  const matches = running.map((domain) =>
    matchPorts(vlanFiltering, withKernelBridges(toGuest(domain), host)),
  );
  const routes = guests === null ? null : await readRoutes(confTexts, guests, root, io, problems);
  const isUnsure =
    problems.some(({ level }) => level === 'error') ||
    matches.some(({ blocking }) => blocking.length > 0) ||
    routes?.isUnsure === true;
  const claims = claimsOf(running);
  const targets = bridgeInit.rules.map((rule) => bridgeTarget(rule, host, claims));
  problems.push(
    ...targets.flatMap((target) => target.problems),
    ...matches.flatMap(matchProblems),
    ...(routes?.problems ?? []),
  );
  const guestPorts = running.flatMap(({ name, interfaces }) =>
    interfaces.map((iface) => ({ guest: name, iface })),
  );
  const aliasOf = (dev: string): string | null =>
    guestPorts.find(({ iface }) => iface.dev === dev)?.iface.alias ?? null;
  const switches = buildSwitches({
    host,
    targets,
    matches,
    guestPorts,
    claims,
    macTableBridges: macTableBridges(io),
  });
  return {
    switches,
    problems: distinctProblems(problems),
    missing: missingPorts(host, matches, guestPorts),
    isUnsure,
    unmet: [
      ...unmetWishes(targets, matches),
      ...(routes?.unmet ?? []).map((guest) => ({ bridge: null, guest })),
    ],
    routed: routes === null ? null : routedView(routes.plan, routes.routing, aliasOf),
    of: null,
    host,
    domains: running,
    bridgeInit,
    vlanFiltering,
    targets,
    matches,
    claims,
    confTexts,
    unjudged: unjudgedTaps(unread, host, claims, vlanFiltering, bridgeInit.rules),
    routes,
  };
}

function unmetWishes(targets: readonly BridgeTarget[], matches: readonly Match[]): UnmetWish[] {
  const bridges = targets.filter((target) => target.problems.length > 0);
  const guests = matches.filter(({ unfit }) => unfit.length > 0);
  return [
    ...bridges.map(({ rule }) => ({ bridge: rule.bridge, guest: null })),
    ...guests.map(({ guest }) => ({ bridge: null, guest })),
  ];
}

/**
 * Most hosts route nothing, so they neither load the code for it nor start a process. Without root, filters cannot be
 * read. A failure must not keep anybody from the bridges.
 */
async function readRoutes(
  { guest_routes: text }: Confs['confTexts'],
  guests: ReadGuests,
  root: string,
  io: Pick<HostIo, 'exec' | 'readFolder' | 'readText' | 'isRoot'>,
  problems: Problem[],
): Promise<HostRoutes | null> {
  if (!io.isRoot || !usesRoutes(text, io)) return null;
  const { readHostRoutes } = await import('./read_host_routes');
  try {
    return await readHostRoutes(text ?? '', join(root, 'conf', 'guest_routes.conf'), guests, io);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    problems.push(problemOf(error, 'routes-unknown'));
    return null;
  }
}

/** null: they are unknown. Without root, libvirt's status files cannot be read, but everything else can. */
function runningGuests(io: Pick<HostIo, 'readFolder' | 'readText'>, problems: Problem[]): ReadGuests | null {
  try {
    const running = readRunningGuests(io);
    problems.push(...running.problems);
    return running;
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    problems.push(guestsUnknown(error));
    return null;
  }
}
