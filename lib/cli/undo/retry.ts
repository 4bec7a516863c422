/** Seconds from one attempt to the next: more and more, but never so many that the host is left alone. */
const DELAYS = [1, 2, 5, 10, 20, 30];

/**
 * Tries again and again until an attempt resolves to true. What an attempt throws is handed on, and counts as not done.
 *
 * @param attempt gets the number of the attempt, from 1
 * @param sleep milliseconds
 */
export async function retry(
  attempt: (nth: number) => Promise<boolean>,
  onError: (error: unknown) => void,
  sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  for (let nth = 1; ; nth++) {
    try {
      if (await attempt(nth)) return;
    } catch (error) {
      onError(error);
    }
    await sleep((DELAYS[nth - 1] ?? DELAYS.at(-1) ?? 30) * 1000);
  }
}
