import { readBridgeInitConf, type BridgeRule } from '../conf/bridge_init_conf';
import { readAddresses } from '../iproute2/read_addresses';
import type { HostLinks } from '../iproute2/parse_addresses';
import { readHost } from '../iproute2/read_host';
import { Exit, KnownError, type Problem } from '../types';
import { planBridge } from '../vlan/plan_bridge';
import { toProblem } from './match_problems';
import type { Plugin, PluginCall, PluginIo } from './plugin';
import { readConf } from './read_conf';
import { isOfSession, requireRoot } from './require_root';
import { commandsOf, runSteps } from './run_steps';
import { summariseFailure } from './summarise_failure';
import { compareBridge, wishForBridge, type BridgeTarget } from '../switch/bridge_target';
import { cutOff } from '../switch/cut_off';
import { planBridges } from '../switch/plan_host';
import { uplinksOf } from '../switch/uplinks';
import type { Host } from '../vlan/host';

/** What came of one bridge. */
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

/** Makes every bridge of conf, its trunk ports and the host's own port what conf says, and reads them again. */
export const bridgeInit: Plugin = async (call, io) => {
  const began = io.now();
  refuseLoneFile(call);
  if (isOfSession(call, io)) {
    const summary = "nothing to do: bridges are root's, and this libvirt is not";
    io.log.info(summary);
    const report: BridgeInitReport = { status: Exit.done, bridges: [], problems: [], ms: 0 };
    return { status: Exit.done, summary, report };
  }
  requireRoot(call, io, 'bridge_init');
  const conf = readBridgeInitConf(readConf(call.conf, io), call.conf);
  const problems = conf.problems.map(toProblem);
  let bridges: BridgeReport[] = [];
  if (problems.length === 0 && conf.rules.length > 0) {
    const release = call.dryRun ? undefined : await io.lock();
    try {
      bridges = await setBridges(conf.rules, call, io);
    } finally {
      release?.();
    }
  }
  const ms = Math.round(io.now() - began);
  const failed = [...problems, ...bridges.flatMap((b) => b.problems)].filter(
    ({ level }) => level === 'error',
  );
  const status = problems.length > 0 ? Exit.usage : failed.length > 0 ? Exit.failed : Exit.done;
  const report: BridgeInitReport = { status, bridges, problems, ms };
  if (status !== Exit.done) return { status, summary: summariseFailure(failed, io.log), report };
  const summary = summarise(call, bridges, ms);
  io.log.info(summary);
  return { status, summary, report };
};

/** What scripts are given first is the phase, and so it is by hand: a conf file in its place would count for nothing. */
function refuseLoneFile({ hook, object }: PluginCall): void {
  if (hook !== null || !/\/|\.conf$/.test(object)) return;
  throw new KnownError(
    `${object} stands where the phase is expected, which is ignored`,
    `Say \`bridge_init start ${object}\`.`,
    Exit.usage,
  );
}

async function setBridges(
  rules: readonly BridgeRule[],
  call: PluginCall,
  io: PluginIo,
): Promise<BridgeReport[]> {
  const host = await readHost(io.exec);
  const targets = rules.map((rule) => wishForBridge(rule, host));
  const reports: { target: BridgeTarget; commands: readonly string[]; problems: Problem[] }[] = [];
  let links: HostLinks | undefined;
  for (const target of targets) {
    const problems = [...target.problems];
    const steps = target.bridge === null ? [] : planBridge(target.bridge, target.ports, target.wish);
    for (const line of target.found) io.log.info(line);
    const risks =
      steps.length === 0 ? [] : cutOffBy(target, host, targets, (links ??= await readAddresses(io.exec)));
    const isForced = call.force === true;
    problems.push(...risks.map((risk): Problem => (isForced ? { ...risk, level: 'warning' } : risk)));
    if (!isForced && risks.some(({ level }) => level === 'error')) {
      io.log.info(`${target.rule.bridge}: left as it is, as the host would be cut off`);
      reports.push({ target, commands: [], problems });
      continue;
    }
    const { commands, problem } = call.dryRun
      ? { commands: commandsOf(steps), problem: null }
      : await runSteps(io.exec, target.rule.bridge, steps);
    for (const command of commands)
      io.log.info(`${target.rule.bridge}: ${call.dryRun ? 'would run' : 'ran'} ${command}`);
    if (problem !== null) problems.push(problem);
    reports.push({ target, commands, problems });
  }
  if (!call.dryRun && reports.some(({ target }) => target.bridge !== null)) {
    const after = await readHost(io.exec);
    for (const { target, commands, problems } of reports) {
      const { now, differs } = compareBridge(target, after);
      const untouched = commands.length === 0 && differs.length === 0 ? ', right already' : '';
      for (const line of now) io.log.info(`${line}${untouched}`);
      if (!problems.some(({ level }) => level === 'error')) problems.push(...differs);
    }
  }
  return reports.map(({ target, commands, problems }) => {
    for (const { level, message, hint } of problems)
      if (level === 'warning') io.log.warning(`${message} ${hint}`);
    const { bridge, place } = target.rule;
    return { bridge, file: place.file, line: place.line, commands, problems };
  });
}

/** What the change of one bridge would do to the ways by which the host is reached. */
function cutOffBy(
  target: BridgeTarget,
  host: Host,
  targets: readonly BridgeTarget[],
  { addresses, taps }: HostLinks,
): Problem[] {
  if (target.rule.allowCutOff) return [];
  const risks = cutOff(
    addresses.filter(({ bridge }) => bridge === target.rule.bridge),
    host,
    planBridges(host, [target]).after,
    (bridge) => uplinksOf(bridge, host, targets, taps),
  );
  return risks.map((risk) =>
    risk.level === 'error'
      ? { ...risk, hint: `${risk.hint} By hand, \`bridge_init --force\` does it once.` }
      : risk,
  );
}

function summarise(call: PluginCall, bridges: readonly BridgeReport[], ms: number): string {
  const count = bridges.length === 1 ? '1 bridge' : `${bridges.length} bridges`;
  const changed = bridges.filter(({ commands }) => commands.length > 0).length;
  const warned = bridges.some(({ problems }) => problems.length > 0) ? ', with warnings' : '';
  if (bridges.length === 0) return `nothing to do: ${call.conf} has no section`;
  if (call.dryRun) return `${count}, ${changed} would be changed${warned}`;
  return `done: ${count}, ${changed} changed, in ${ms} ms${warned}`;
}
