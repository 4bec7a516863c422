import type { PluginOutcome } from './plugin';
import type { PortReport } from './report_ports';
import type { VlanFilteringReport } from './vlan_filtering';

/** Whether a round has more to say than the one before it: it changed something, or other things are wrong. */
export function isNews(before: PluginOutcome, after: PluginOutcome): boolean {
  if (reportOf(after).ports.some(({ commands }) => commands.length > 0)) return true;
  const wrong = (outcome: PluginOutcome): string => {
    const { ports, problems } = reportOf(outcome);
    return JSON.stringify([outcome.status, problems, ports.flatMap(({ problem }) => problem ?? [])]);
  };
  return wrong(before) !== wrong(after);
}

/**
 * Several rounds as one outcome: what is true after the last, and of each port all commands, and what the first round
 * that saw it found. A port that is gone since is kept where something was changed on it.
 */
export function mergeRounds(rounds: readonly PluginOutcome[]): PluginOutcome {
  const last = rounds.at(-1);
  if (last === undefined) throw new Error('there was no round');
  if (rounds.length === 1) return last;
  const reports = rounds.map(reportOf);
  const merged = new Map<string, PortReport>();
  for (const port of reports.flatMap(({ ports }) => ports)) {
    const key = JSON.stringify([port.guest, port.port]);
    const { found, commands } = merged.get(key) ?? { found: port.found, commands: [] };
    merged.set(key, { ...port, found, commands: [...commands, ...port.commands] });
  }
  const now = reportOf(last);
  const isThere = new Set(now.ports.map(({ guest, port }) => JSON.stringify([guest, port])));
  const ports = [...merged].filter(([key, { commands }]) => isThere.has(key) || commands.length > 0);
  const report: VlanFilteringReport = {
    ...now,
    ports: ports.map(([, port]) => port),
    ms: reports.reduce((sum, { ms }) => sum + ms, 0),
  };
  return { ...last, report };
}

/** A run that ended in an error has no ports. */
function reportOf({ report }: PluginOutcome): VlanFilteringReport {
  return { ports: [], ms: 0, ...(report as Pick<VlanFilteringReport, 'status' | 'problems'>) };
}
