import type { BroughtRoutes } from '../apply/routes/bring_routes';
import { formatIp } from '../model/address/ip_address';
import type { Presence } from '../model/guest/presence';
import type { HostIo } from '../model/io';
import { describeRule } from '../model/match/describe_rule';
import type { Problem } from '../model/problem';
import type { RouteStep, RoutesPlan } from '../plan/routes/route_step';
import { shellCommand } from '../text/shell_quote';
import { isForAll, type PluginCall } from './plugin';
import { routeNotSet, stepFailed } from './route_problems';

/** The result for one routed interface. */
export interface RouteReport {
  readonly guest: string;
  readonly interface: string;
  readonly mac: string;
  readonly addresses: readonly string[];
  readonly uplink: string | null;
  /** The section or metadata that the addresses come from. */
  readonly wantedBy: string;
  /** Whether the guest is here, and so its addresses. */
  readonly presence: Presence;
  /** The commands that were run; with --dry-run those that would be. */
  readonly commands: readonly string[];
  readonly problems: readonly Problem[];
}

/** What `guest_routes --json` prints. */
export interface GuestRoutesReport {
  readonly status: number;
  readonly interfaces: readonly RouteReport[];
  /** Commands for what belongs to no interface any more, for pool routes and for filters of uplinks. */
  readonly commands: readonly string[];
  readonly problems: readonly Problem[];
  readonly ms: number;
}

/**
 * Logs and returns what was done for each routed interface of a plan, and for what belongs to none.
 *
 * @param done null: nothing was done, as with --dry-run
 */
export function reportRoutes(
  plan: RoutesPlan,
  done: BroughtRoutes | null,
  call: PluginCall,
  io: HostIo,
): Pick<GuestRoutesReport, 'interfaces' | 'commands' | 'problems'> {
  const steps = done?.ran ?? plan.steps;
  const devs = new Set(plan.taps.map(({ tap }) => tap.dev));
  const interfaces = plan.taps.map(({ tap, problems }): RouteReport => {
    const failure = done?.failures.find(({ step }) => step.dev === tap.dev);
    const report: RouteReport = {
      guest: tap.guest,
      interface: tap.dev,
      mac: tap.mac,
      addresses: tap.wish.addresses.map(formatIp),
      uplink: tap.wish.uplink,
      wantedBy: describeRule(tap.source),
      presence: tap.presence,
      commands: steps.filter(({ dev }) => dev === tap.dev).map(describeStep),
      problems: [
        ...problems,
        ...(failure === undefined ? [] : [routeNotSet(tap, describeStep(failure.step), failure.why)]),
      ],
    };
    // Of hundreds of interfaces, only those that were not as wanted are logged.
    if (!isForAll(call) || report.commands.length > 0 || report.problems.length > 0)
      logInterface(report, call, io);
    return report;
  });
  const isOfNone = ({ dev }: RouteStep): boolean => dev === null || !devs.has(dev);
  const commands = steps.filter(isOfNone).map(describeStep);
  for (const command of commands) io.log.info(`${call.dryRun ? 'would run' : 'ran'} ${command}`);
  const failures = (done?.failures ?? []).filter(({ step }) => isOfNone(step));
  return {
    interfaces,
    commands,
    problems: failures.map(({ step, why }) => stepFailed(step, describeStep(step), why)),
  };
}

/** A step as a command that can be pasted. */
export function describeStep({ action }: RouteStep): string {
  switch (action.tool) {
    case 'ip':
      return shellCommand(['ip', ...action.args]);
    case 'nft':
      return shellCommand(['nft', onOneLine(action.ruleset)]);
    case 'sysctl':
      return `${shellCommand(['echo', action.value])} >${shellCommand([action.file])}`;
  }
}

/** nft reads a semicolon as the end of a line. */
function onOneLine(ruleset: string): string {
  const lines = ruleset.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => (/[{;]$/.test(line) ? line : `${line};`))
    .join(' ');
}

function logInterface(report: RouteReport, call: PluginCall, { log }: HostIo): void {
  const { interface: dev, guest, addresses, uplink, wantedBy, presence, commands, problems } = report;
  const where = uplink === null ? '' : ` on ${uplink}`;
  log.info(`${dev}: guest ${guest} is ${presence}; ${addresses.join(', ')}${where}, wanted by ${wantedBy}`);
  for (const command of commands) log.info(`${dev}: ${call.dryRun ? 'would run' : 'ran'} ${command}`);
  for (const { level, message, hint } of problems) if (level === 'warning') log.warning(`${message} ${hint}`);
  if (commands.length === 0 && problems.length === 0) log.info(`${dev}: right already`);
}
