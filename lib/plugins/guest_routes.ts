import { announce } from '../apply/routes/announce';
import {
  guestsInTransit,
  isInTransit,
  markInTransit,
  ROUTED_FILE,
  unmarkInTransit,
} from '../apply/routes/run_files';
import { setRoutes, type SetRoutes } from '../apply/routes/set_routes';
import { keepApplied, readConfInEffect } from '../apply/rollback/confs_in_effect';
import { readClaims } from '../apply/state/read_claims';
import { desiredRoutes, readRoutingFor } from '../apply/state/read_routes';
import { underLock } from '../apply/under_lock';
import type { Domain } from '../model/guest/domain';
import { parseDomain } from '../model/guest/parse_domain';
import { presenceOf, type Presence } from '../model/guest/presence';
import type { HostIo } from '../model/io';
import { Exit } from '../model/known_error';
import type { HookCall } from '../model/libvirt/hook_call';
import { routeMatchProblems } from '../model/match/match_problems';
import { matchRoutes } from '../model/match/match_routes';
import type { Problem } from '../model/problem';
import { readGuestRoutesConf, routesNothing, type GuestRoutesConf } from '../model/routes/guest_routes_conf';
import { distinctProblems } from '../plan/distinct_problems';
import { arrivalProblems } from '../plan/routes/plan_routes';
import type { RoutedTap, RoutesDesired } from '../plan/routes/routed_tap';
import { routedTaps } from '../plan/routes/routed_taps';
import { wantedProxies } from '../plan/routes/wanted_routes';
import { readRunningGuest, readRunningGuests, toRoutedGuest } from '../system/libvirt/read_guests';
import { shellName } from '../text/shell_quote';
import { awaitRelease } from './await_release';
import { followArrival } from './follow_arrival';
import { followGuests, type Look } from './follow_guests';
import { isForAll, type Plugin, type PluginCall, type PluginOutcome } from './plugin';
import { probeAddresses } from './probe_addresses';
import { stoppedByConf } from './problems';
import { reportRoutes, type GuestRoutesReport } from './report_routes';
import { isOfSession, requireRoot } from './require_root';
import { readScope } from './run_for_all';
import { runPlugin } from './run_plugin';
import { summariseFailure } from './summarise_failure';

/** Routes the addresses that conf and metadata give to guests' interfaces, on the host where the guest runs. */
export const guestRoutes: Plugin = async (call, io) =>
  call.follow === true
    ? followGuests(io, (each) => lookSafely(call, each))
    : (await lookOnce(call, io)).outcome;

/** An error is the outcome of one look: the next one may succeed, and a guest that moves needs it. */
async function lookSafely(call: PluginCall, io: HostIo): Promise<Look> {
  let news: Omit<Look, 'outcome'> = NO_NEWS;
  const once: Plugin = async () => {
    const { outcome, ...rest } = await lookOnce(call, io);
    news = rest;
    return outcome;
  };
  const outcome = await runPlugin(once, call, io);
  return { ...news, outcome };
}

async function lookOnce(call: PluginCall, io: HostIo): Promise<Look> {
  const began = io.now();
  if (isOfSession(call, io))
    return { ...NO_NEWS, outcome: nothing('a libvirt that does not run as root has no routes', io) };
  requireRoot(call, io, commandOf(call));
  const text = readText(call, io);
  const conf = readGuestRoutesConf(text, call.conf);
  if (routesNothing(conf) && !isRouted(io))
    return { ...NO_NEWS, outcome: nothing(`${call.conf} has no section`, io) };
  const isStale = (): boolean => readText(call, io) !== text;
  const set = await (isForAll(call) ? setMeant(conf, isStale, call, io) : setGuest(conf, isStale, call, io));
  if (set === null) return lookOnce(call, io);

  const { routes, isBlocked } = set;
  const news =
    routes === null
      ? NO_NEWS
      : { announcements: routes.done?.announcements ?? [], links: routes.routing.links };
  const reported =
    routes === null
      ? { interfaces: [], commands: [], problems: [] }
      : reportRoutes(routes.plan, routes.done, call, io);
  const problems = distinctProblems([...set.problems, ...(routes?.problems ?? []), ...reported.problems]);
  for (const { level, message, hint } of problems)
    if (level === 'warning') io.log.warning(`${message} ${hint}`);
  const failed = distinctProblems([
    ...problems,
    ...reported.interfaces.flatMap((one) => one.problems),
  ]).filter(isError);
  const status = isBlocked ? Exit.usage : failed.length > 0 ? Exit.failed : Exit.done;
  const ms = Math.round(io.now() - began);
  const report: GuestRoutesReport = { status, ...reported, problems, ms };
  if (status !== Exit.done) {
    const failures = failed.map(({ message, hint }) => ({ message: `${message} ${hint}` }));
    return { ...news, outcome: { status, summary: summariseFailure(failed, io.log), report, failures } };
  }
  if (!call.dryRun && (reported.interfaces.length > 0 || isForAll(call))) keepApplied(call.conf, text, io);
  const summary = summarise(call, report);
  io.log.info(summary);
  return { ...news, outcome: { status, summary, report } };
}

const NO_NEWS: Omit<Look, 'outcome'> = { announcements: [], links: new Map() };

function isError({ level }: Problem): boolean {
  return level === 'error';
}

/** A missing file is one without sections: then no guest has addresses of its own. */
function readText(call: PluginCall, io: HostIo): string {
  return readConfInEffect(call.conf, io) ?? '';
}

/** Whether guest_routes has changed anything since boot, so that something may be left over. */
function isRouted(io: HostIo): boolean {
  return io.readText(ROUTED_FILE) !== null;
}

interface SetForCall {
  /** null: no interface of this call has ever been routed. */
  readonly routes: SetRoutes | null;
  readonly problems: readonly Problem[];
  /** Nothing could be set, because conf has an error. */
  readonly isBlocked: boolean;
}

/** As far as dispatch.conf lets it run for all guests. */
function setMeant(
  conf: GuestRoutesConf,
  isStale: () => boolean,
  call: PluginCall,
  io: HostIo,
): Promise<SetForCall | null> {
  const scope = readScope(call, io, 'guest_routes');
  if (scope.isRun) return setAll(conf, isStale, scope.isMeant, call, io);
  const { problem, why } = scope;
  if (problem === null) io.log.info(`nothing to do: ${why}`);
  const problems = problem === null ? [] : [stoppedByConf(problem, why)];
  return Promise.resolve({ routes: null, problems, isBlocked: problem !== null });
}

/** Sets the interfaces of all running guests. null: conf has changed meanwhile, and nothing was done. */
function setAll(
  conf: GuestRoutesConf,
  isStale: () => boolean,
  isMeant: (guest: string) => boolean,
  call: PluginCall,
  io: HostIo,
): Promise<SetForCall | null> {
  return underLock(call, io, isStale, async () => {
    const running = readRunningGuests(io);
    const host = desiredRoutes(conf, running, new Set(guestsInTransit(io)), isMeant);
    const released = awaitRelease(host.desired.taps, io);
    const routes = await setRoutes(host.desired, { dryRun: call.dryRun, released }, io);
    const isBlocked = host.matches.length > 0 && host.matches.every(({ blocking }) => blocking.length > 0);
    return { routes, problems: [...running.problems, ...host.problems], isBlocked };
  });
}

/** The same for the guest of a hook, or for one that was named. */
async function setGuest(
  conf: GuestRoutesConf,
  isStale: () => boolean,
  call: PluginCall,
  io: HostIo,
): Promise<SetForCall | null> {
  const domain = findGuest(call, io);
  if (domain === null) {
    io.log.info(`guest ${call.object} does not run`);
    return { routes: null, problems: [], isBlocked: false };
  }
  const presence = presenceFor(call.hook, domain, io);
  const match = matchRoutes(conf, toRoutedGuest(domain));
  const { taps, gone } = routedTaps(match, domain.interfaces, presence);
  const isBlocked = match.blocking.length > 0 && presence !== 'absent';
  const problems = presence === 'absent' ? [] : routeMatchProblems(match);
  if (call.hook?.operation === 'migrate') return arrive(domain, taps, problems, isBlocked, call, io);
  // The follower removes the mark of a guest that has arrived.
  if (presence === 'absent' && !call.dryRun) unmarkInTransit(domain.uuid, io);
  if (taps.length === 0 && !isRouted(io)) return { routes: null, problems, isBlocked };
  const desired: RoutesDesired = {
    taps,
    gone: new Map(gone.map((dev) => [dev, domain.name])),
    guestsOf: claimsReader(domain, io),
    poolRoutes: null,
  };
  const isStart = call.hook?.operation === 'start';
  const routes = await underLock(call, io, isStale, () =>
    setRoutes(
      desired,
      { dryRun: call.dryRun, ...(isStart ? { areNew: true, probe: probeAddresses(taps, io) } : {}) },
      io,
    ),
  );
  if (routes === null) return null;
  if (presence === 'arriving' && call.hook?.operation === 'started') await followArrival(call, io);
  // Once more: the first announcement may have been lost, or come before the guest could answer.
  const again = call.hook?.operation === 'started' && presence === 'here' ? taps.flatMap(toAnnounce) : [];
  const silent = again.length === 0 ? [] : await announce(io, again, routes.routing.links);
  return { routes, problems: [...problems, ...silent], isBlocked };
}

/**
 * Before a guest arrives: refuses what this host could not route, and the migration ends while the guest still runs where
 * it was. From here on it is known that the next start of the guest is an arrival.
 */
async function arrive(
  domain: Domain,
  taps: readonly RoutedTap[],
  problems: readonly Problem[],
  isBlocked: boolean,
  call: PluginCall,
  io: HostIo,
): Promise<SetForCall> {
  const routing = taps.length === 0 ? null : await readRoutingFor(taps, io);
  const desired: RoutesDesired = {
    taps,
    gone: new Map(),
    guestsOf: claimsReader(domain, io),
    poolRoutes: null,
  };
  const refusals = routing === null ? [] : taps.flatMap((tap) => arrivalProblems(tap, routing, desired));
  const all = [...problems, ...distinctProblems(refusals)];
  if (taps.length > 0 && !call.dryRun && !all.some(isError)) markInTransit(domain.uuid, io);
  return { routes: null, problems: all, isBlocked };
}

/** Which running guests claim a tap. All interfaces of the guest are looked up in one pass over the status files. */
function claimsReader({ interfaces }: Domain, io: HostIo): RoutesDesired['guestsOf'] {
  const own = interfaces.flatMap(({ dev }) => dev ?? []);
  const known = new Map<string, readonly string[]>();
  return (dev) => {
    const asked = own.includes(dev) && !known.has(dev) ? own : [dev];
    const claims = known.has(dev)
      ? null
      : readClaims(
          asked.map((name) => ({ dev: name })),
          io,
        );
    if (claims !== null) for (const name of asked) known.set(name, claims.get(name) ?? []);
    return known.get(dev) ?? [];
  };
}

function findGuest({ hook, object }: PluginCall, io: HostIo): Domain | null {
  if (hook === null) return readRunningGuest(object, io);
  const domain = parseDomain(io.readInput(), { withoutDisks: true });
  if (hook.operation !== 'migrate') return domain;
  // Its interfaces get their names when they are created.
  const interfaces = domain.interfaces.map((iface) => ({
    ...iface,
    dev: iface.dev ?? `interface ${iface.place}`,
  }));
  return { ...domain, interfaces };
}

/**
 * Where the guest of a call is. At `start begin` libvirt has not written a status file yet, so only the mark of `migrate
 * begin` distinguishes an arrival.
 */
function presenceFor(hook: HookCall | null, domain: Domain, io: HostIo): Presence {
  const operation = hook?.operation ?? null;
  if (operation === 'migrate') return 'arriving';
  if (operation === 'stopped' || operation === 'release') return 'absent';
  const status =
    operation === 'start'
      ? null
      : operation === null
        ? domain.status
        : (readRunningGuest(domain.name, io)?.status ?? null);
  if (status !== null) return presenceOf(status);
  return isInTransit(domain.uuid, io) ? 'arriving' : 'here';
}

function toAnnounce(tap: RoutedTap): { address: RoutedTap['wish']['addresses'][number]; uplink: string }[] {
  return wantedProxies(tap).map(({ address, dev }) => ({ address, uplink: dev }));
}

function nothing(why: string, io: HostIo): PluginOutcome {
  const summary = `nothing to do: ${why}`;
  io.log.info(summary);
  const report: GuestRoutesReport = { status: Exit.done, interfaces: [], commands: [], problems: [], ms: 0 };
  return { status: Exit.done, summary, report };
}

function commandOf({ all, object }: PluginCall): string {
  return `guest_routes ${all ? '--all' : shellName(object)}`;
}

function summarise(call: PluginCall, { interfaces, commands, ms }: GuestRoutesReport): string {
  const count = interfaces.length === 1 ? '1 interface' : `${interfaces.length} interfaces`;
  const changed = interfaces.filter((one) => one.commands.length > 0).length;
  if (interfaces.length === 0 && commands.length === 0) {
    const whose = isForAll(call) ? 'any running guest' : `guest ${call.object}`;
    return `nothing to do: no interface of ${whose} is routed`;
  }
  if (call.dryRun) return `${count}, ${changed} would be changed`;
  if (interfaces.length === 0) return `done: what is not needed any more is removed, in ${ms} ms`;
  return `done: ${count} as wanted, ${changed} changed, in ${ms} ms`;
}
