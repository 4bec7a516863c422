import type { BridgeInitReport } from '../../plugins/bridge_init';
import { journalRepairs } from '../../plugins/journal_changes';
import { failuresIn, type PluginOutcome } from '../../plugins/plugin';
import { journalFailures } from '../../system/log/journal_failures';
import { cutReason } from '../../text/cut_reason';

/**
 * Writes to the journal what a repair has changed, and what it could not set.
 *
 * @param outcomes those of bridge_init and vlan_filtering
 * @param isNews whether the failures have not been reported yet
 * @param toMessage makes a line from what was repaired
 */
export function journalRepair(
  outcomes: readonly PluginOutcome[],
  isNews: boolean,
  toMessage: (what: string) => string,
): void {
  const bridges = outcomes.flatMap(({ report }) => (report as Partial<BridgeInitReport>).bridges ?? []);
  const repaired = bridges
    .filter(
      ({ commands, problems }) => commands.length > 0 && !problems.some(({ level }) => level === 'error'),
    )
    .map(({ bridge }) => bridge);
  // Errors first: if the journal is slow, they matter more.
  if (isNews) journalFailures(outcomes.flatMap(failuresIn), {}, (text) => cutReason(`repair: ${text}`));
  const changes = outcomes.flatMap((outcome) => outcome.changes ?? []);
  journalRepairs(changes, repaired, {}, (what) => cutReason(toMessage(what)));
}
