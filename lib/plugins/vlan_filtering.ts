import { bring } from '../apply/bring';
import { keepApplied } from '../apply/rollback/confs_in_effect';
import { heldNow } from '../apply/rollback/rejected';
import { readVlanFilteringConf, type VlanFilteringConf } from '../model/conf/vlan_filtering_conf';
import { parseDomain } from '../model/guest/parse_domain';
import type { HostIo } from '../model/io';
import { Exit } from '../model/known_error';
import type { HookCall } from '../model/libvirt/hook_call';
import type { Problem } from '../model/problem';
import { readHost } from '../system/iproute2/read_host';
import {
  matchPorts,
  wantedPorts,
  withKernelBridges,
  type Guest,
  type Match,
} from '../model/match/match_ports';
import { claimsOf } from '../plan/claims';
import { distinctProblems } from '../plan/distinct_problems';
import { lostTaps, type LostTap } from '../plan/lost_taps';
import { planHost, type Desired, type Plan } from '../plan/plan_host';
import { unjudgedTaps } from '../plan/unjudged_taps';
import { shellName } from '../text/shell_quote';
import type { Host } from '../model/host/host';
import { failuresOf } from './failures_of';
import { matchProblems } from '../model/match/match_problems';
import { isForAll, type Plugin, type PluginCall, type PluginOutcome } from './plugin';
import { portChanges } from './port_changes';
import { portKeptOut } from './problems';
import { areStale, readBridgeRules, type BridgeRules } from '../apply/state/read_bridge_rules';
import { readClaims } from '../apply/state/read_claims';
import { readConf } from '../apply/state/read_conf';
import type { GuestProblem } from '../system/libvirt/guest_problems';
import { readRunningGuest, readRunningGuests, STATUS_FOLDER, toGuest } from '../system/libvirt/read_guests';
import { reportJoins } from './report_joins';
import { reportPorts, type PortReport } from './report_ports';
import { reportTrunks } from './report_trunks';
import { isOfSession, requireRoot } from './require_root';
import { runForAll } from './run_for_all';
import { summariseFailure } from './summarise_failure';
import { underLock } from '../apply/under_lock';
import type { VlanFilteringReport } from './vlan_filtering_report';
import type { UnreadGuest } from '../model/guest/unread_guest';

/** The operations in which a guest has its taps. Source: libvirt's qemu_process.c. */
const WITH_TAPS = ['start', 'started', 'reconnect', 'attach'];

/** Sets the VLANs of the ports of a guest, or of all running guests, as conf and metadata say, and reads them back. */
export const vlanFiltering: Plugin = (call, io) =>
  isForAll(call)
    ? runForAll(call, io, (isMeant, each) => runOnce(call, each, isMeant))
    : runOnce(call, io, () => true);

async function runOnce(
  call: PluginCall,
  io: HostIo,
  isMeant: (guest: string) => boolean,
): Promise<PluginOutcome> {
  const began = io.now();
  if (!isOfSession(call, io)) requireRoot(call, io, commandOf(call));
  const text = readConf(call.conf, io);
  const conf = readVlanFilteringConf(text, call.conf);
  const isStale = (): boolean => readConf(call.conf, io) !== text;
  const set = await setPorts(conf, isStale, call, io, isMeant);
  if (set === null) return runOnce(call, io, isMeant);
  const { joins, ports, problems, isBlocked } = set;

  const ms = Math.round(io.now() - began);
  const failed = [
    ...problems.filter(({ level }) => level === 'error'),
    ...ports.flatMap(({ problem }) => (problem?.level === 'error' ? [problem] : [])),
  ];
  const status = isBlocked ? Exit.usage : failed.length > 0 ? Exit.failed : Exit.done;
  const report: VlanFilteringReport = { status, joins, ports, problems, ms };
  const changes = portChanges(report);
  if (status !== Exit.done) {
    const summary = summariseFailure(failed, io.log);
    return { status, summary, report, changes, failures: failuresOf(problems, ports) };
  }
  if (!call.dryRun && (ports.length > 0 || isForAll(call))) keepApplied(call.conf, text, io);
  const summary = summarise(call, ports, ms);
  io.log.info(summary);
  return { status, summary, report, changes };
}

function hasTapsNow({ operation }: HookCall): boolean {
  return WITH_TAPS.includes(operation);
}

interface FoundGuests {
  readonly guests: readonly Guest[];
  /** Including those that this call is not for: their ports still belong to them. */
  readonly all: readonly Guest[];
  readonly problems: readonly (Problem | GuestProblem)[];
  readonly unread: readonly UnreadGuest[];
}

/** A session has no bridges of its own. */
const NO_BRIDGES: BridgeRules = { rules: [], isUnsure: false, text: null };

const NOBODY: FoundGuests = { guests: [], all: [], problems: [], unread: [] };

/** The guests of this call: the hook's guest, the one that was named, or every running guest. */
function findGuests(call: PluginCall, io: HostIo, isMeant: (guest: string) => boolean): FoundGuests {
  // Guests of a session are not in root's status folder.
  if (isForAll(call) && isOfSession(call, io)) return NOBODY;
  if (isForAll(call)) {
    const { domains, problems, unread } = readRunningGuests(io);
    const all = domains.map(toGuest);
    return {
      guests: all.filter(({ name }) => isMeant(name)),
      all,
      problems: problems.filter((problem) => !('guest' in problem) || isMeant(problem.guest)),
      unread: unread.filter(({ guest }) => isMeant(guest)),
    };
  }
  if (call.hook !== null) {
    const guests = hasTapsNow(call.hook) ? [toGuest(parseDomain(io.readInput()))] : [];
    return { ...NOBODY, guests, all: guests };
  }
  const domain = readRunningGuest(call.object, io);
  if (domain !== null) return { ...NOBODY, guests: [toGuest(domain)] };
  io.log.info(
    `${STATUS_FOLDER}/${call.object}.xml does not exist: the guest is not running, so only sections named after ports are used`,
  );
  return {
    ...NOBODY,
    guests: [{ name: call.object, uuid: null, interfaces: null, metadata: null, metadataProblem: null }],
  };
}

/** The result for all ports of a call. */
interface SetPorts {
  readonly joins: readonly LostTap[];
  readonly ports: PortReport[];
  readonly problems: readonly Problem[];
  /** No port could be set, because conf has an error. */
  readonly isBlocked: boolean;
}

/**
 * Takes the lock if there is something to set, and then sets all ports from one read of the kernel.
 *
 * @returns null: conf has changed while another process held the lock, and nothing was done
 */
async function setPorts(
  conf: VlanFilteringConf,
  isStale: () => boolean,
  call: PluginCall,
  io: HostIo,
  isMeant: (guest: string) => boolean,
): Promise<SetPorts | null> {
  const isSession = isOfSession(call, io);
  const bridgeConf = isSession ? NO_BRIDGES : readBridgeRules(call, io);
  const setsTrunks = bridgeConf.rules.some(({ autoTrunk }) => autoTrunk !== undefined);
  // Guests are read under the lock: the wait for it may be long.
  const found = isForAll(call) && !call.dryRun && !isSession ? null : findGuests(call, io, isMeant);
  if (found !== null && !setsTrunks && !mayWantPorts(conf, found.guests))
    return reportNothing(conf, found, io);
  if (isSession) requireRoot(call, io, commandOf(call));
  return underLock(
    call,
    io,
    () => isStale() || (!isSession && areStale(bridgeConf, call, io)),
    () => setUnderLock(conf, bridgeConf, found ?? findGuests(call, io, isMeant), call, io),
  );
}

async function setUnderLock(
  conf: VlanFilteringConf,
  { rules, isUnsure }: BridgeRules,
  { guests, all: everybody, problems, unread }: FoundGuests,
  call: PluginCall,
  io: HostIo,
): Promise<SetPorts> {
  const host = await readHost(io.exec);
  const resolved = guests.map((guest) => withKernelBridges(guest, host));
  const matches = resolved.map((guest) => matchPorts(conf, guest));
  const wanted = wantedPorts(matches);
  const isBlocked = wanted.length === 0 && matches.some(({ blocking }) => blocking.length > 0);
  const interfaces = guests.flatMap(({ name, interfaces: own }) =>
    (own ?? []).map((iface) => ({ guest: name, iface })),
  );
  const lost = lostTaps(interfaces, [...host.links.values()]);
  const claims = isForAll(call) ? claimsOf(everybody) : readClaims([...wanted, ...lost], io);
  const unjudged = isForAll(call) ? unjudgedTaps(unread, host, claims, conf, rules) : [];
  const desired: Desired = {
    rules,
    isUnsure,
    setsBridges: false,
    matches,
    setsTrunks: !isBlocked && rules.some(({ autoTrunk }) => autoTrunk !== undefined),
    claims,
    held: heldNow(host, io),
    interfaces,
    unjudged,
    force: false,
  };
  const planOf = (current: Host): Plan => planHost(desired, current);
  const done = call.dryRun ? null : await bring(io.exec, host, planOf);
  const plan = done?.plan ?? planOf(host);
  const all = distinctProblems([
    ...problems,
    ...matches.flatMap(matchProblems),
    ...plan.notes,
    ...reportJoins(plan, done, call, io),
    ...unjudged.map(portKeptOut),
    ...reportTrunks(plan, done, call, io),
  ]);
  logProblems(all, io);
  for (const match of matches) logLeft(match, io);
  const failed = new Set(done?.failures.flatMap(({ unit }) => (unit.kind === 'port' ? [unit.name] : [])));
  const joins = plan.joins.filter(({ dev }) => !failed.has(dev));
  return { joins, ports: reportPorts(plan, done, call, io), problems: all, isBlocked };
}

/**
 * Whether one of the guests may have a port that conf names. If conf selects by bridge and the XML names no bridge,
 * only the kernel knows the bridge of a tap.
 */
function mayWantPorts(conf: VlanFilteringConf, guests: readonly Guest[]): boolean {
  const asksForBridge = conf.rules.some(({ conditions }) => conditions.bridge !== undefined);
  return guests.some((guest) => {
    const { blocking, wanted } = matchPorts(conf, guest);
    const isOpen = guest.interfaces?.some(
      (iface) => iface.dev !== null && iface.bridge === null && iface.hasTap,
    );
    return blocking.length === 0 && (wanted.length > 0 || (asksForBridge && isOpen === true));
  });
}

/** The report if there is no port to set. */
function reportNothing(conf: VlanFilteringConf, { guests, problems }: FoundGuests, io: HostIo): SetPorts {
  const matches = guests.map((guest) => matchPorts(conf, guest));
  const all = distinctProblems([...problems, ...matches.flatMap(matchProblems)]);
  logProblems(all, io);
  for (const match of matches) logLeft(match, io);
  return {
    joins: [],
    ports: [],
    problems: all,
    isBlocked: matches.some(({ blocking }) => blocking.length > 0),
  };
}

function logProblems(problems: readonly Problem[], { log }: HostIo): void {
  for (const { level, message, hint } of problems) if (level === 'warning') log.warning(`${message} ${hint}`);
}

function commandOf({ all, object }: PluginCall): string {
  return `vlan_filtering ${all ? '--all' : shellName(object)}`;
}

function logLeft({ guest, leftToLibvirt }: Match, io: HostIo): void {
  for (const { place, dev } of leftToLibvirt) {
    io.log.info(
      `${dev ?? `interface ${place}`}: guest ${guest}; no section names it, its <vlan> is left to libvirt`,
    );
  }
}

function summarise(call: PluginCall, ports: readonly PortReport[], ms: number): string {
  const whose = isForAll(call) ? 'any running guest' : `guest ${call.object}`;
  if (ports.length === 0) return `nothing to do: no port of ${whose} is to be set`;
  const changed = ports.filter(({ commands }) => commands.length > 0).length;
  const count = ports.length === 1 ? '1 port' : `${ports.length} ports`;
  if (call.dryRun) return `${count}, ${changed} would be changed`;
  return `done: ${count} as wanted, ${changed} changed, in ${ms} ms`;
}
