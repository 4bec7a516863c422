import type { PluginOutcome } from './plugin';
import { portChanges } from './port_changes';
import type { PortReport } from './report_ports';
import type { VlanFilteringReport } from './vlan_filtering_report';

/** Whether a round has something new to report: it changed something, or has other problems than the one before. */
export function isNews(before: PluginOutcome, after: PluginOutcome): boolean {
  const { joins, ports } = reportOf(after);
  if (joins.length > 0 || ports.some(({ commands }) => commands.length > 0)) return true;
  const wrong = (outcome: PluginOutcome): string => {
    const { ports, problems } = reportOf(outcome);
    return JSON.stringify([outcome.status, problems, ports.flatMap(({ problem }) => problem ?? [])]);
  };
  return wrong(before) !== wrong(after);
}

/**
 * Combines rounds into one outcome: the state after the last round and, for each port, all commands and what the first
 * round found. A port that no longer exists is kept if something was changed on it.
 *
 * @param before one round, or several that are already combined
 */
export function addRound(before: PluginOutcome, after: PluginOutcome): PluginOutcome {
  const [then, now] = [reportOf(before), reportOf(after)];
  const merged = new Map<string, PortReport>();
  for (const port of [...then.ports, ...now.ports]) {
    const { found, commands } = merged.get(keyOf(port)) ?? { found: port.found, commands: [] };
    merged.set(keyOf(port), { ...port, found, commands: [...commands, ...port.commands] });
  }
  const isThere = new Set(now.ports.map(keyOf));
  const ports = [...merged.values()].filter((port) => isThere.has(keyOf(port)) || port.commands.length > 0);
  const report: VlanFilteringReport = {
    ...now,
    joins: [...then.joins, ...now.joins],
    ports,
    ms: then.ms + now.ms,
  };
  return { ...after, report, changes: portChanges(report) };
}

function keyOf({ guest, port }: PortReport): string {
  return JSON.stringify([guest, port]);
}

/** A run that ended in an error has no ports. */
function reportOf({ report }: PluginOutcome): VlanFilteringReport {
  return { joins: [], ports: [], ms: 0, ...(report as Pick<VlanFilteringReport, 'status' | 'problems'>) };
}
