import type { Brought } from '../apply/bring';
import type { HostIo } from '../model/io';
import type { Problem } from '../model/problem';
import type { Plan } from '../plan/plan_host';
import { isForAll, type PluginCall } from './plugin';
import { portNotJoined } from './problems';

/**
 * Logs which taps were put back into the bridges that they had lost.
 *
 * @param done null: nothing was done, as with --dry-run
 * @returns the problems of taps that conf has no VLANs for; the others are reported with their ports
 */
export function reportJoins(plan: Plan, done: Brought | null, call: PluginCall, { log }: HostIo): Problem[] {
  const wanted = new Set(plan.ports.map(({ wanted: { dev } }) => dev));
  return plan.joins.flatMap((join): Problem[] => {
    const { dev, bridge, guest } = join;
    const failure = done?.failures.find(({ unit }) => unit.kind === 'port' && unit.name === dev);
    if (failure === undefined) {
      const what = done === null ? 'would be put' : 'put';
      log.info(`${dev}: guest ${guest}; was in no bridge, ${what} back into ${bridge}`);
      return [];
    }
    return wanted.has(dev) ? [] : [portNotJoined(join, failure.why, isForAll(call))];
  });
}
