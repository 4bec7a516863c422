import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks every second until the answer is yes; throws when `timeoutMs` are over.
 *
 * @param what what is waited for; a function may say, too, what was seen last
 */
export async function until(
  what: string | (() => string),
  ask: () => Promise<boolean>,
  timeoutMs = 180_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end)
      throw new Error(`Waited ${timeoutMs} ms in vain until: ${typeof what === 'string' ? what : what()}`);
    await sleep(1_000);
  }
}
