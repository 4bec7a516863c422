import type { DispatchLine } from '../../dispatch/dispatch_log';

/** The lines of a dispatch.log, in its order; what is no line of ours (a disk was full, say) is passed over. */
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
