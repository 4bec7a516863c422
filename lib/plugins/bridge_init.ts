import { basename } from 'node:path';
import { bring } from '../apply/bring';
import { keepApplied } from '../apply/rollback/confs_in_effect';
import type { Failure } from '../apply/apply_steps';
import { heldNow } from '../apply/rollback/rejected';
import { readBridgeInitConf, type BridgeRule } from '../model/conf/bridge_init_conf';
import type { HostIo } from '../model/io';
import { Exit, KnownError } from '../model/known_error';
import type { Problem } from '../model/problem';
import { readHost } from '../system/iproute2/read_host';
import { managerWarnings } from '../network/manager_warnings';
import { compareBridge, describeBridge, type BridgeTarget } from '../plan/bridge_target';
import { planHost, type Plan, type PlannedBridge } from '../plan/plan_host';
import type { Step } from '../plan/step';
import { shellCommand, shellQuote } from '../text/shell_quote';
import type { Host } from '../model/host/host';
import { toProblem } from '../model/match/match_problems';
import { filesOf } from './files_of';
import type { Plugin, PluginCall } from './plugin';
import { bridgeNotSet } from './problems';
import { readClaims } from '../apply/state/read_claims';
import { readConf } from '../apply/state/read_conf';
import { isOfSession, requireRoot } from './require_root';
import { failuresOfBridges } from './failures_of';
import { summariseFailure } from './summarise_failure';
import { underLock } from '../apply/under_lock';

/** The result for one bridge. */
export interface BridgeReport {
  readonly bridge: string;
  readonly file: string;
  readonly line: number;
  /** The commands that were run; with --dry-run those that would be. */
  readonly commands: readonly string[];
  readonly problems: readonly Problem[];
}

/** What `bridge_init --json` prints. */
export interface BridgeInitReport {
  readonly status: number;
  readonly bridges: readonly BridgeReport[];
  readonly problems: readonly Problem[];
  readonly ms: number;
}

/** Sets every bridge of conf, its trunk ports and the host's own port as conf says, and reads them back. */
export const bridgeInit: Plugin = async (call, io) => {
  const began = io.now();
  refuseLoneFile(call);
  if (isOfSession(call, io)) {
    const summary = 'nothing to do: only root may change bridges, and this libvirt does not run as root';
    io.log.info(summary);
    const report: BridgeInitReport = { status: Exit.done, bridges: [], problems: [], ms: 0 };
    return { status: Exit.done, summary, report };
  }
  requireRoot(call, io, 'bridge_init');
  const text = readConf(call.conf, io);
  const conf = readBridgeInitConf(text, call.conf);
  const problems = conf.problems.map(toProblem);
  for (const { level, message, hint } of problems)
    if (level === 'warning') io.log.warning(`${message} ${hint}`);
  const bridges =
    conf.mayHide || conf.rules.length === 0
      ? []
      : await underLock(
          call,
          io,
          () => readConf(call.conf, io) !== text,
          () => setUnderLock(conf.rules, call, io),
        );
  if (bridges === null) return bridgeInit(call, io);
  const ms = Math.round(io.now() - began);
  const failed = [...problems, ...bridges.flatMap((b) => b.problems)].filter(
    ({ level }) => level === 'error',
  );
  const isWrong = problems.some(({ level }) => level === 'error');
  const status = isWrong ? Exit.usage : failed.length > 0 ? Exit.failed : Exit.done;
  const report: BridgeInitReport = { status, bridges, problems, ms };
  if (status !== Exit.done) {
    const summary = summariseFailure(failed, io.log);
    return { status, summary, report, failures: failuresOfBridges(problems, bridges) };
  }
  if (!call.dryRun) keepApplied(call.conf, text, io);
  const summary = summarise(call, bridges, ms);
  io.log.info(summary);
  return { status, summary, report };
};

/**
 * The first argument is the phase, by hand too. A conf file in its place would be ignored.
 */
function refuseLoneFile({ hook, object }: PluginCall): void {
  if (hook !== null || !/\/|\.conf$/.test(object)) return;
  throw new KnownError(
    `${object} is in the place of the phase, which is ignored`,
    `Run \`bridge_init start ${shellQuote(object)}\`.`,
    Exit.usage,
  );
}

async function setUnderLock(
  rules: readonly BridgeRule[],
  call: PluginCall,
  io: HostIo,
): Promise<BridgeReport[]> {
  const host = await readHost(io.exec);
  const claims = readClaims(null, io);
  const held = heldNow(host, io);
  const planOf = (current: Host): Plan =>
    planHost(
      {
        rules,
        isUnsure: false,
        setsBridges: true,
        matches: [],
        setsTrunks: false,
        claims,
        held,
        interfaces: [],
        unjudged: [],
        force: call.force === true,
      },
      current,
    );
  const { plan, ran, failures, after } = call.dryRun
    ? dryRun(planOf(host), host)
    : await bring(io.exec, host, planOf);
  const targets = plan.bridges.map(({ target }) => target);
  const ofManagers = warningsOfManagers(targets, host, call, io);
  return plan.bridges.map((planned, index) => {
    const { rule, bridge } = planned.target;
    const isOwn = ({ unit }: Pick<Step, 'unit'>): boolean => unit.name === rule.bridge;
    const steps = ran.filter(isOwn);
    const failure = failures.find(isOwn);
    const problems: Problem[] = [
      ...planned.problems,
      // A forced risk is reported, but the run does not fail.
      ...planned.risks.map((risk) => (call.force === true ? { ...risk, level: 'warning' as const } : risk)),
      ...(failure === undefined ? [] : [bridgeNotSet(rule.bridge, failure)]),
    ];
    logBridge(planned, steps, host, call, io);
    if (bridge !== null && !call.dryRun) {
      const { now, differs } = compareBridge(planned.target, after);
      const untouched = steps.length === 0 && differs.length === 0 ? ', right already' : '';
      for (const line of now) io.log.info(`${line}${untouched}`);
      const isClear = !planned.isRefused && !problems.some(({ level }) => level === 'error');
      if (isClear) problems.push(...differs);
    }
    if (index === 0) problems.push(...ofManagers);
    for (const { level, message, hint } of problems)
      if (level === 'warning') io.log.warning(`${message} ${hint}`);
    const { file, line } = rule.place;
    return { bridge: rule.bridge, file, line, commands: steps.map(commandOf), problems };
  });
}

/** What network managers will undo. Not checked in hooks of networks, because libvirt waits for them. */
function warningsOfManagers(
  targets: readonly BridgeTarget[],
  host: Host,
  { hook }: PluginCall,
  io: HostIo,
): Problem[] {
  if (hook?.driver === 'network') return [];
  return managerWarnings(filesOf(io), targets, host);
}

/** The result that carrying out a plan would have. */
function dryRun(
  plan: Plan,
  host: Host,
): { plan: Plan; ran: readonly Step[]; failures: readonly Failure[]; after: Host } {
  return { plan, ran: plan.steps, failures: [], after: host };
}

function commandOf({ tool, args }: Step): string {
  return shellCommand([tool, ...args]);
}

function logBridge(
  { target, isRefused }: PlannedBridge,
  steps: readonly Step[],
  host: Host,
  call: PluginCall,
  { log }: HostIo,
): void {
  const { bridge, rule, wish } = target;
  if (bridge !== null)
    for (const line of describeBridge('found', bridge, host, wish.ports.keys())) log.info(line);
  if (isRefused) log.info(`${rule.bridge}: not changed`);
  for (const step of steps)
    log.info(`${rule.bridge}: ${call.dryRun ? 'would run' : 'ran'} ${commandOf(step)}`);
}

function summarise(call: PluginCall, bridges: readonly BridgeReport[], ms: number): string {
  const count = bridges.length === 1 ? '1 bridge' : `${bridges.length} bridges`;
  const changed = bridges.filter(({ commands }) => commands.length > 0).length;
  const warned = bridges.some(({ problems }) => problems.length > 0) ? ', with warnings' : '';
  if (bridges.length === 0) return `nothing to do: ${basename(call.conf)} has no section`;
  if (call.dryRun) return `${count}, ${changed} would be changed${warned}`;
  return `done: ${count}, ${changed} changed, in ${ms} ms${warned}`;
}
