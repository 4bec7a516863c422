import { readVlanFilteringConf, type VlanFilteringConf } from '../conf/vlan_filtering_conf';
import { readDomain } from '../domain/read_domain';
import { readHost, readPorts } from '../iproute2/read_host';
import { describeRule } from '../match/describe_rule';
import { matchPorts, type Guest, type Match, type WantedPort } from '../match/match_ports';
import { Exit, type Problem } from '../types';
import type { Host } from '../vlan/host';
import { matchProblems } from './match_problems';
import { isForAll, type Plugin, type PluginCall, type PluginIo, type PluginOutcome } from './plugin';
import { readConf } from './read_conf';
import { readRunningGuest, readRunningGuests, STATUS_FOLDER, toGuest } from './read_guests';
import { isOfSession, requireRoot } from './require_root';
import { setPorts, type PortReport } from './set_ports';
import { summariseFailure } from './summarise_failure';
import { autoTrunkRules, syncTrunks, type AutoTrunks } from './sync_trunks';
import { shellName } from '../shell_quote';

/** The operations in which a guest has its taps. Source: libvirt's qemu_process.c. */
const WITH_TAPS = ['start', 'started', 'reconnect', 'attach'];

/** What `vlan_filtering --json` prints. */
export interface VlanFilteringReport {
  readonly status: number;
  readonly ports: readonly PortReport[];
  readonly problems: readonly Problem[];
  readonly ms: number;
}

/** How often all guests are looked at again when one changed meanwhile. */
const MAX_ROUNDS = 5;

/** Gives the ports of a guest, or of all that run, the VLANs that conf and metadata say, and reads them again. */
export const vlanFiltering: Plugin = async (call, io) => {
  for (let round = 1; ; round++) {
    const before = io.changedAt(STATUS_FOLDER);
    const outcome = await runOnce(call, io);
    // Attached while we looked, or while we waited for the lock: systemd tells of no change that comes during a run.
    if (!isForAll(call) || round === MAX_ROUNDS || io.changedAt(STATUS_FOLDER) === before) return outcome;
  }
};

async function runOnce(call: PluginCall, io: PluginIo): Promise<PluginOutcome> {
  const began = io.now();
  if (!isOfSession(call, io)) requireRoot(call, io, commandOf(call));
  const { guests, problems } = findGuests(call, io);
  const conf = readVlanFilteringConf(readConf(call.conf, io), call.conf);
  const { ports, isBlocked } = await bring(guests, conf, call, io, problems);

  const ms = Math.round(io.now() - began);
  const failed = [
    ...problems.filter(({ level }) => level === 'error'),
    ...ports.flatMap((p) => p.problem ?? []),
  ];
  const status = isBlocked ? Exit.usage : failed.length > 0 ? Exit.failed : Exit.done;
  const report: VlanFilteringReport = { status, ports, problems, ms };
  if (status !== Exit.done) return { status, summary: summariseFailure(failed, io.log), report };
  const summary = summarise(call, ports, ms);
  io.log.info(summary);
  return { status, summary, report };
}

/** Whom the call is about: in a hook the guest that libvirt tells of, when the daemon reloads all of them. */
function findGuests(call: PluginCall, io: PluginIo): { guests: readonly Guest[]; problems: Problem[] } {
  // Those of a session are in no folder of root's.
  if (isForAll(call) && isOfSession(call, io)) return { guests: [], problems: [] };
  if (isForAll(call)) {
    const { domains, problems } = readRunningGuests(io);
    return { guests: domains.map(toGuest), problems: [...problems] };
  }
  if (call.hook !== null) {
    const hasTaps = WITH_TAPS.includes(call.hook.operation);
    return { guests: hasTaps ? [toGuest(readDomain(io.readInput()))] : [], problems: [] };
  }
  const domain = readRunningGuest(call.object, io);
  if (domain !== null) return { guests: [toGuest(domain)], problems: [] };
  io.log.info(
    `${STATUS_FOLDER}/${call.object}.xml is not there: the guest does not run; only sections named after ports count`,
  );
  return { guests: [{ name: call.object, uuid: null, interfaces: null, metadata: null }], problems: [] };
}

/** Matches, sets and, where trunks carry what is needed, adjusts them: all of it from one read of the kernel. */
async function bring(
  guests: readonly Guest[],
  conf: VlanFilteringConf,
  call: PluginCall,
  io: PluginIo,
  problems: Problem[],
): Promise<{ ports: PortReport[]; isBlocked: boolean }> {
  const matches = guests.map((guest) => matchPorts(conf, guest));
  const told = new Set(problems.map(({ message }) => message));
  for (const problem of matches.flatMap(matchProblems)) {
    if (told.has(problem.message)) continue;
    told.add(problem.message);
    problems.push(problem);
  }
  for (const { level, message, hint } of problems)
    if (level === 'warning') io.log.warning(`${message} ${hint}`);
  for (const match of matches) logLeft(match, io);

  const all = matches.filter(({ blocking }) => blocking.length === 0).flatMap((match) => match.wanted);
  const wanted = withoutOthersPorts(all, io, problems);
  const isBlocked = all.length === 0 && matches.some(({ blocking }) => blocking.length > 0);
  if (wanted.length > 0) requireRoot(call, io, commandOf(call));
  const mayGrow = !isBlocked && !isOfSession(call, io);
  const trunks: AutoTrunks = mayGrow ? autoTrunkRules(call, io) : { rules: [], isUnsure: false };
  const hasTrunks = trunks.rules.length > 0;
  if (wanted.length === 0 && !hasTrunks) return { ports: [], isBlocked };
  const release = hasTrunks && !call.dryRun ? await io.lock() : undefined;
  try {
    const withFlags = wanted.some(({ wish }) => Object.keys(wish.flags).length > 0);
    const host = await (hasTrunks ? readHost : readPorts)(io.exec, withFlags);
    const ports = await setPorts(wanted, host, call, io);
    if (hasTrunks) {
      const isChanged = ports.some(({ commands }) => commands.length > 0);
      const after = !isChanged ? host : call.dryRun ? asWanted(host, wanted) : await readHost(io.exec);
      problems.push(...(await syncTrunks(trunks, after, call, io)));
    }
    return { ports, isBlocked };
  } finally {
    release?.();
  }
}

function commandOf({ all, object }: PluginCall): string {
  return `vlan_filtering ${all ? '--all' : shellName(object)}`;
}

/** Without the guest's XML a port is found by its name alone, and that may be another guest's by now. */
function withoutOthersPorts(
  wanted: readonly WantedPort[],
  io: PluginIo,
  problems: Problem[],
): readonly WantedPort[] {
  if (wanted.every(({ iface }) => iface !== null)) return wanted;
  const { domains } = readRunningGuests(io);
  return wanted.filter(({ dev, guest, iface, rule }) => {
    const owner = domains.find(({ interfaces }) => interfaces.some((one) => one.dev === dev));
    if (iface !== null || owner === undefined) return true;
    problems.push({
      level: 'error',
      message: `port ${dev} is guest ${owner.name}'s, which runs, and not guest ${guest}'s (${describeRule(rule)}).`,
      hint: `Correct the section; \`virsh domiflist ${shellName(owner.name)}\` tells its interfaces.`,
    });
    return false;
  });
}

/** The host as it will be once the ports are as wanted. */
function asWanted(host: Host, wanted: readonly WantedPort[]): Host {
  const ports = new Map(host.ports);
  for (const { dev, wish } of wanted) {
    const port = ports.get(dev);
    if (port !== undefined) ports.set(dev, { ...port, vlans: wish.vlans });
  }
  return { ...host, ports };
}

function logLeft({ guest, leftToLibvirt }: Match, io: PluginIo): void {
  for (const { nic, dev } of leftToLibvirt) {
    io.log.info(
      `${dev ?? `interface ${nic}`}: guest ${guest}; no section names it, its <vlan> is left to libvirt`,
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
