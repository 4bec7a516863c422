import type { DispatchLine } from '../../dispatch/dispatch_log';

/** The last outcome for each guest (or network), phase and script, newest first. The lines are in the log's order. */
export function lastOutcomes(lines: readonly DispatchLine[]): DispatchLine[] {
  const last = new Map<string, DispatchLine>();
  for (const line of lines) {
    const [driver, object, operation, suboperation] = line.call;
    const key = JSON.stringify([driver, object, operation, suboperation, line.script]);
    // Again at the end, so that the order is that of the last outcomes.
    last.delete(key);
    last.set(key, line);
  }
  return [...last.values()].reverse();
}
