/** Seconds between attempts. They grow, but stay short enough to reconnect the host soon. */
const DELAYS = [1, 2, 5, 10, 20, 30];

/**
 * Repeats `attempt` until it resolves to true. An error that it throws is passed to `onError`, and it is tried again.
 *
 * @param attempt gets the number of the attempt, from 1
 * @param sleep waits; its argument is in milliseconds
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
