import type { Brought } from '../apply/bring';
import type { HostIo } from '../model/io';
import { describeConditions, describeRule } from '../model/match/describe_rule';
import type { Problem } from '../model/problem';
import type { Plan } from '../plan/plan_host';
import { shellCommand } from '../text/shell_quote';
import { describePort } from './describe_port';
import { isForAll, type PluginCall } from './plugin';
import { portNotSet } from './problems';

/** The result for one port. VLANs are in words, as in `PVID 100, tagged 200,300`. */
export interface PortReport {
  readonly guest: string;
  readonly port: string;
  readonly bridge: string | null;
  /** The interface's number; null: it has none, or the guest's XML is not known. */
  readonly nic: number | null;
  readonly mac: string | null;
  readonly alias: string | null;
  /** The section or metadata that the wish comes from. */
  readonly wantedBy: string;
  readonly found: string | null;
  readonly wanted: string;
  /** The commands that were run; with --dry-run those that would be. */
  readonly commands: readonly string[];
  readonly now: string | null;
  readonly problem: Problem | null;
}

/**
 * Logs and returns what was found and done, and the current state, for each port of a plan.
 *
 * @param done null: nothing was done, as with --dry-run
 */
export function reportPorts(plan: Plan, done: Brought | null, call: PluginCall, io: HostIo): PortReport[] {
  return plan.ports.map(({ wanted, found, problem }): PortReport => {
    const { dev, iface, rule, wish, guest } = wanted;
    const steps = (done?.ran ?? plan.steps).filter(({ unit }) => unit.kind === 'port' && unit.name === dev);
    const failure = done?.failures.find(({ unit }) => unit.kind === 'port' && unit.name === dev);
    const now = done === null || found === null ? undefined : done.after.ports.get(dev);
    const report: PortReport = {
      guest,
      port: dev,
      bridge: found?.bridge ?? null,
      nic: iface?.nic ?? null,
      mac: iface?.mac ?? null,
      alias: iface?.alias ?? null,
      wantedBy: describeRule(rule),
      found: found === null ? null : describePort(found, wish.flags),
      wanted: describePort(wish, wish.flags),
      commands: steps.map(({ tool, args }) => shellCommand([tool, ...args])),
      now: now === undefined ? null : describePort(now, wish.flags),
      problem:
        problem ?? (failure === undefined ? null : portNotSet(wanted, failure.why, found?.bridge ?? null)),
    };
    // Of hundreds of ports, only those that were not as wanted are logged.
    const isShown = !isForAll(call) || report.commands.length > 0 || report.problem !== null;
    if (isShown) logPort(report, describeConditions(rule), iface?.libvirtVlan === true, call, io);
    return report;
  });
}

function logPort(
  port: PortReport,
  why: string,
  libvirtToo: boolean,
  call: PluginCall,
  { log }: HostIo,
): void {
  const name = port.nic ?? port.alias;
  const nic = name === null ? '' : `, interface ${name} (${port.mac ?? 'no MAC'})`;
  const because = why === '' ? '' : ` (${why})`;
  log.info(`${port.port}: guest ${port.guest}${nic}; wanted by ${port.wantedBy}${because}`);
  if (libvirtToo) log.info(`${port.port}: the guest's XML also has <vlan> for it; conf takes precedence`);
  if (port.problem?.level === 'warning') log.warning(`${port.problem.message} ${port.problem.hint}`);
  if (port.found === null) return;
  log.info(`${port.port}: found ${port.found}; wanted ${port.wanted}`);
  for (const command of port.commands)
    log.info(`${port.port}: ${call.dryRun ? 'would run' : 'ran'} ${command}`);
  if (port.now === null) return;
  log.info(
    `${port.port}: now ${port.now}${port.commands.length === 0 && port.problem === null ? ', right already' : ''}`,
  );
}
