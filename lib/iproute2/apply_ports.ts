import type { Exec, ExecResult, PortVlans } from '../types';
import { describeFlags, planFlags, type PortFlags } from '../vlan/port_flags';
import { describePortVlans, NO_VLANS } from '../vlan/port_vlans';
import { planPorts, vlanCommandArgs, type PortChange } from '../vlan/plan_ports';
import { BRIDGE_SHOW, parseBridgeShow, parsePortFlags } from './parse_host';
import { runBatch, toolError } from './run_batch';

/** One port, what it has and what it should have. */
export interface PortTarget extends PortChange {
  readonly haveFlags: PortFlags;
  readonly wantFlags: PortFlags;
}

/** What came of the wish for one port. */
export interface AppliedPort {
  /** Arguments of the `bridge` commands that were run for it. */
  readonly commands: readonly (readonly string[])[];
  /** What the kernel said afterwards; null where the port has gone. */
  readonly now: PortVlans | null;
  readonly nowFlags: PortFlags;
  /** Why the port is not as wanted; null where it is. */
  readonly failure: string | null;
}

/** A command for a port: the arguments of `bridge`. */
export interface PortCommand {
  readonly dev: string;
  readonly args: readonly string[];
}

/** How often ports are set again where the kernel says otherwise: somebody else changes them at the same time. */
const TRIES = 3;

/** All commands that bring ports to what they should have; flags first, so that an isolated port is so from the start. */
export function planTargets(targets: readonly PortTarget[]): PortCommand[] {
  const flags = targets.flatMap(({ dev, haveFlags, wantFlags }) => {
    const args = planFlags(dev, haveFlags, wantFlags);
    return args === null ? [] : [{ dev, args }];
  });
  return [
    ...flags,
    ...planPorts(targets).map((command) => ({ dev: command.dev, args: vlanCommandArgs(command) })),
  ];
}

/**
 * Brings ports to what they should have, reads them again and compares: done is what the kernel says. A port that
 * fails does not keep the others from being set. Without anything to do no command is run.
 */
export async function applyPorts(
  exec: Exec,
  targets: readonly PortTarget[],
): Promise<Map<string, AppliedPort>> {
  const ports = new Map(targets.map((target) => [target.dev, new PortInWork(target)]));
  for (let tries = 0; ;) {
    const commands = planTargets([...ports.values()].flatMap((port) => port.openTarget()));
    if (commands.length === 0) break;
    if (tries === TRIES) {
      for (const { dev } of commands) ports.get(dev)?.failByKernel();
      break;
    }
    const { result, ran } = await runBatch(
      exec,
      'bridge',
      commands.map(({ args }) => args),
      BRIDGE_SHOW,
    );
    for (const { dev, args } of commands.slice(0, ran)) ports.get(dev)?.commands.push(args);
    if (result.ok) tries++;
    else ports.get(commands[ran - 1]?.dev ?? '')?.fail(kernelError(result));
    await readAgain(exec, ports, result);
  }
  return new Map([...ports].map(([dev, port]) => [dev, port.result()]));
}

async function readAgain(
  exec: Exec,
  ports: ReadonlyMap<string, PortInWork>,
  batch: ExecResult,
): Promise<void> {
  const withFlags = [...ports.values()].some((port) => port.commands.some(([object]) => object === 'link'));
  const [shown, links] = await Promise.all([
    batch.ok ? batch : exec('bridge', ['-j', '-batch', '-'], { input: BRIDGE_SHOW }),
    withFlags ? exec('bridge', ['-j', '-d', 'link', 'show']) : null,
  ]);
  const failed = [shown, links].find((result) => result?.ok === false);
  if (failed !== undefined && failed !== null) {
    for (const port of ports.values()) port.fail(`cannot read it again: ${kernelError(failed)}`);
    return;
  }
  const { vlans, masters } = parseBridgeShow(shown.stdout);
  const flags = links === null ? null : parsePortFlags(links.stdout);
  for (const [dev, port] of ports) {
    port.now = port.target.self || masters.has(dev) ? (vlans.get(dev) ?? NO_VLANS) : null;
    port.nowFlags = flags?.get(dev) ?? port.nowFlags;
  }
}

class PortInWork {
  readonly commands: (readonly string[])[] = [];
  now: PortVlans | null;
  nowFlags: PortFlags;
  private failure: string | null = null;

  constructor(readonly target: PortTarget) {
    this.now = target.have;
    this.nowFlags = target.haveFlags;
  }

  fail(reason: string): void {
    this.failure ??= reason;
  }

  failByKernel(): void {
    const flags = describeFlags(this.nowFlags);
    const is = `${describePortVlans(this.now ?? NO_VLANS)}${flags === '' ? '' : `; ${flags}`}`;
    this.fail(`though no command failed, the kernel says ${is}: something else changes the port`);
  }

  /** The target as it stands now; none where nothing more is to be tried. */
  openTarget(): PortTarget[] {
    if (this.failure !== null || this.now === null) return [];
    return [{ ...this.target, have: this.now, haveFlags: this.nowFlags }];
  }

  result(): AppliedPort {
    const { commands, now, nowFlags } = this;
    const gone = now === null ? 'it is no longer a port of a bridge' : null;
    return { commands, now, nowFlags, failure: this.failure ?? gone };
  }
}

/** `RTNETLINK answers: Operation not supported` → `Operation not supported`; else what the tool said. */
function kernelError(result: ExecResult): string {
  return toolError(result).replace(/^(RTNETLINK answers|Error): /, '');
}
