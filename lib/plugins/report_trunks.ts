import type { Brought } from '../apply/bring';
import type { HostIo } from '../model/io';
import type { Problem } from '../model/problem';
import type { Plan } from '../plan/plan_host';
import { shellCommand } from '../text/shell_quote';
import { describePortVlans } from '../model/vlan/port_vlans';
import type { PluginCall } from './plugin';
import { trunkNotSet } from './problems';

/**
 * Logs what was done to automatic trunks, and returns their problems.
 *
 * @param done null: nothing was done, as with --dry-run
 */
export function reportTrunks(plan: Plan, done: Brought | null, call: PluginCall, { log }: HostIo): Problem[] {
  return plan.trunks.flatMap(({ name }): Problem[] => {
    const steps = (done?.ran ?? plan.steps).filter(({ unit }) => unit.kind === 'trunk' && unit.name === name);
    for (const { tool, args } of steps)
      log.info(`trunk ${name}: ${call.dryRun ? 'would run' : 'ran'} ${shellCommand([tool, ...args])}`);
    const now = done?.after.ports.get(name);
    if (now !== undefined && steps.length > 0) log.info(`trunk ${name}: now ${describePortVlans(now.vlans)}`);
    const failure = done?.failures.find(({ unit }) => unit.kind === 'trunk' && unit.name === name);
    return failure === undefined ? [] : [trunkNotSet(name, failure.why)];
  });
}
