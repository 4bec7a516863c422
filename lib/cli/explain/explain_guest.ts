import { join } from 'node:path';
import { readConfInEffect } from '../../apply/rollback/confs_in_effect';
import { readBridgeInitConf } from '../../model/conf/bridge_init_conf';
import { formatConfProblem } from '../../model/conf/conf_problem';
import { readVlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import { describeSkip } from '../../dispatch/describe_skip';
import { loadDispatchConf } from '../../dispatch/load_dispatch_conf';
import { describeKnown, Exit, KnownError } from '../../model/known_error';
import { PHASES } from '../../model/libvirt/phases';
import { readHost } from '../../system/iproute2/read_host';
import { matchPorts, withKernelBridges, type WantedPort } from '../../model/match/match_ports';
import { bridgeTarget } from '../../plan/bridge_target';
import { portPlace, type Misplaced } from '../../plan/port_place';
import { matchRoutes } from '../../model/match/match_routes';
import { matchProblems, routeMatchProblems } from '../../model/match/match_problems';
import { readClaims } from '../../apply/state/read_claims';
import { readGuestRoutesConf } from '../../model/routes/guest_routes_conf';
import { toGuest, toRoutedGuest } from '../../system/libvirt/read_guests';
import { describeUnsafe } from '../../system/files/describe_unsafe';
import { describePhase } from './describe_phase';
import { describeState } from './describe_state';
import { explanation, type Explanation } from './explanation';
import type { Host } from '../../model/host/host';
import { asStarted } from '../../model/guest/as_started';
import type { CliContext } from '../command';
import { explainInterfaces } from './explain_interfaces';
import { explainRoutes } from './explain_routes';
import { callScripts } from '../call_scripts';
import { findGuest } from '../../system/libvirt/find_guest';
import { networkBridge } from '../../system/libvirt/network_bridge';

/** Prints what would happen to a guest in each phase. Throws KnownError if there is no such guest. */
export async function explainGuest(name: string, json: boolean, context: CliContext): Promise<number> {
  const explained = await explain(name, context);
  context.stdout(json ? `${JSON.stringify({ format: 1, ...explained }, null, 2)}\n` : explanation(explained));
  return Exit.done;
}

async function explain(name: string, { root, io }: CliContext): Promise<Explanation> {
  const { domain, state, file, isRunning } = findGuest(name, undefined, io);
  const started = isRunning ? domain : asStarted(domain, (network) => networkBridge(network, io));
  const found = toGuest(started);
  const problems: string[] = [];
  const confFile = join(root, 'conf', 'vlan_filtering.conf');
  const text = readConfInEffect(confFile, io);
  if (text === null)
    problems.push(
      `${confFile} does not exist, so no guest starts. Create the file, or install kvmvlan again.`,
    );
  const conf = readVlanFilteringConf(text ?? '', confFile);
  let host: Host | null = null;
  try {
    host = await readHost(io.exec);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    problems.push(describeKnown(error));
  }
  const guest = host === null ? found : withKernelBridges(found, host);
  const match = matchPorts(conf, guest);
  const bridgeFile = join(root, 'conf', 'bridge_init.conf');
  const { rules } = readBridgeInitConf(readConfInEffect(bridgeFile, io) ?? '', bridgeFile);
  const claims = readClaims(match.wanted, io);
  const placeOf = (port: WantedPort, current: Host): Misplaced | null => {
    const trunks = rules.flatMap((rule) => bridgeTarget(rule, current, claims).trunks);
    return portPlace(port, current, claims, new Set(trunks));
  };
  const routesFile = join(root, 'conf', 'guest_routes.conf');
  const guestRoutes = readGuestRoutesConf(readConfInEffect(routesFile, io) ?? '', routesFile);
  const { routes, problem } = await explainRoutes(guestRoutes, started, isRunning, io);
  if (problem !== null) problems.push(problem);
  const routeMatch = matchRoutes(guestRoutes, toRoutedGuest(started));
  problems.push(
    ...routeMatchProblems({ ...routeMatch, unfit: [] }).map(({ message, hint }) => `${message} ${hint}`),
  );
  problems.push(...matchProblems({ ...match, unfit: [] }).map(({ message, hint }) => `${message} ${hint}`));
  const dispatchConf = loadDispatchConf(root);
  problems.push(...dispatchConf.problems.map(formatConfProblem));
  return {
    guest: domain.name,
    state: describeState(state ?? 'nostate'),
    file,
    interfaces: explainInterfaces(conf, guest, host, routes, placeOf),
    phases: PHASES.filter(({ driver, operation }) => driver === 'qemu' && operation !== 'attach').map(
      ({ operation, suboperation, libvirt }) => {
        const call = { driver: 'qemu', object: domain.name, operation, suboperation, extra: '-' };
        const scripts = callScripts(root, call, dispatchConf, io).map(
          ({ script, conf: rules, skip, refusal, unsafe, version }) => ({
            name: script.name,
            path: script.path,
            skip: skip === null ? null : describeSkip(skip),
            refusal: refusal ?? (unsafe === null ? null : describeUnsafe(unsafe)),
            isOurs: version !== null,
            timeout: rules.timeout,
            onFailure: rules.onFailure,
            does: version !== null && routes.size > 0 ? describePhase(script.name, operation) : null,
          }),
        );
        return { operation, suboperation, libvirt, scripts };
      },
    ),
    problems: [...new Set(problems)],
  };
}
