import { join } from 'node:path';
import { bridgeInit } from '../plugins/bridge_init';
import type { Plugin, PluginIo } from '../plugins/plugin';
import { runPlugin } from '../plugins/run_plugin';
import { vlanFiltering } from '../plugins/vlan_filtering';
import { Exit, type ExitCode } from '../types';
import type { CliContext } from './command';
import type { Plan } from './read_plan';

/**
 * Does what a plan says by the very plugins that the hooks run, one after the other, and has them read again what came
 * of it. The caller holds the lock. Returns the worst of their exit codes.
 */
export async function applyPlan(plan: Plan, context: CliContext): Promise<ExitCode> {
  const { stdout, stderr } = context;
  // Warnings have been shown with the plan.
  const log = {
    info: () => undefined,
    warning: () => undefined,
    error: (line: string) => stderr(`${line}\n`),
  };
  const io: PluginIo = { ...context.io, log, lock: () => Promise.resolve(() => undefined) };
  const { targets, matches } = plan.state;
  const ports = matches.reduce((sum, { wanted }) => sum + wanted.length, 0);
  const parts: [string, Plugin, string][] = [];
  if (targets.length > 0) parts.push([`bridges: ${targets.length}`, bridgeInit, 'bridge_init']);
  if (ports > 0) parts.push([`guests' ports: ${ports}`, vlanFiltering, 'vlan_filtering']);
  let worst: ExitCode = Exit.done;
  for (const [what, plugin, name] of parts) {
    stdout(`${what} …\n`);
    const conf = join(context.root, 'conf', `${name}.conf`);
    // What would cut the host off has been agreed to.
    const call = { object: '-', all: true, hook: null, conf, dryRun: false, force: true };
    const { status, summary } = await runPlugin(plugin, call, io);
    if (status === Exit.done) stdout(`  ${summary}\n`);
    else stderr(`kvmvlan: ${summary}\n`);
    if (status > worst) worst = status;
  }
  return worst;
}
