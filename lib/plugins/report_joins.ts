import type { Brought } from '../apply/bring';
import type { HostIo } from '../model/io';
import type { Problem } from '../model/problem';
import type { Plan } from '../plan/plan_host';
import { shellQuote } from '../text/shell_quote';
import { isForAll, type PluginCall } from './plugin';

/**
 * Logs which taps were put back into the bridges that they had lost.
 *
 * @param done null: nothing was done, as with --dry-run
 * @returns the problems of taps that conf has no VLANs for; the others are reported with their ports
 */
export function reportJoins(plan: Plan, done: Brought | null, call: PluginCall, { log }: HostIo): Problem[] {
  const wanted = new Set(plan.ports.map(({ wanted: { dev } }) => dev));
  return plan.joins.flatMap(({ dev, bridge, guest }): Problem[] => {
    const failure = done?.failures.find(({ unit }) => unit.kind === 'port' && unit.name === dev);
    if (failure === undefined) {
      const what = done === null ? 'would be put' : 'put';
      log.info(`${dev}: guest ${guest}; was in no bridge, ${what} back into ${bridge}`);
      return [];
    }
    if (wanted.has(dev)) return [];
    return [
      {
        level: 'error',
        code: 'port-not-joined',
        message: `port ${dev} of guest ${guest} was in no bridge, and cannot be put back into ${bridge}: ${failure.why}.`,
        hint: `Look at \`ip -d link show ${shellQuote(dev)}\`, then run \`vlan_filtering ${isForAll(call) ? '--all' : shellQuote(guest)}\`.`,
        subject: { guest, port: dev, bridge },
      },
    ];
  });
}
