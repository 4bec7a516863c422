import type { DispatchLine } from '../../dispatch/dispatch_log';

/** The last outcome of each guest (or network), phase and script, newest first. `lines` is in the order of the log. */
export function lastOutcomes(lines: readonly DispatchLine[]): DispatchLine[] {
  const last = new Map<string, DispatchLine>();
  for (const line of lines) {
    const [driver, object, operation, suboperation] = line.call;
    const key = JSON.stringify([driver, object, operation, suboperation, line.script]);
    // Insert it again at the end, so that the map is in the order of the last outcomes.
    last.delete(key);
    last.set(key, line);
  }
  return [...last.values()].reverse();
}
