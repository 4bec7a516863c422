import type { DispatchLine } from '../../dispatch/dispatch_log';
import type { Gauge, Sample } from './exposition';

/**
 * The gauges about the last run of each script. The log is rotated, so counters derived from it would go back.
 *
 * @param lines of dispatch.log, oldest first
 */
export function hookGauges(lines: readonly DispatchLine[]): Gauge[] {
  const last = new Map<string, DispatchLine>();
  for (const line of lines) {
    const [driver, , operation] = line.call;
    // A line without a script is about the call itself; a skipped script did not run.
    if (line.script === null || line.time === null || line.outcome === 'skipped') continue;
    last.set(JSON.stringify([driver, operation, line.script]), line);
  }
  const gauge = (name: string, help: string, of: (line: DispatchLine) => number): Gauge => ({
    name: `kvmvlan_hook_last_${name}`,
    help,
    samples: [...last.values()].map((line): Sample => {
      const [driver, , operation] = line.call;
      return { labels: { driver, operation, script: line.script ?? '' }, value: of(line) };
    }),
  });
  return [
    gauge(
      'run_timestamp_seconds',
      'When a script ran last, for any guest',
      ({ time }) => Date.parse(time ?? '') / 1000,
    ),
    gauge('duration_seconds', 'How long it took', ({ ms }) => ms / 1000),
    gauge('success', 'Whether it succeeded', ({ outcome }) => Number(outcome === 'ok')),
  ];
}
