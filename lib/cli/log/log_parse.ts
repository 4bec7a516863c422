import type { DispatchLine } from '../../dispatch/dispatch_log';

/** Parses the lines of a dispatch.log. Invalid lines, for example from when a disk was full, are skipped. */
export function parseDispatchLog(text: string): DispatchLine[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const value = JSON.parse(line) as Partial<DispatchLine>;
      return Array.isArray(value.call) && typeof value.outcome === 'string' ? [value as DispatchLine] : [];
    } catch {
      return [];
    }
  });
}
