import { monotonic } from '../system/monotonic';

/**
 * Tries until an attempt resolves to true, or the time is over; then it resolves to false. What an attempt throws is
 * handed on, and counts as not done.
 */
export async function untilDone(
  attempt: () => Promise<boolean>,
  { everyMs, forMs }: { readonly everyMs: number; readonly forMs: number },
  onError: (error: unknown) => void,
): Promise<boolean> {
  for (const end = monotonic() + forMs; ;) {
    try {
      if (await attempt()) return true;
    } catch (error) {
      onError(error);
    }
    if (monotonic() + everyMs > end) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
