import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every second until the answer is yes; throws when `timeoutMs` are over. */
export async function until(what: string, ask: () => Promise<boolean>, timeoutMs = 180_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain until: ${what}`);
    await sleep(1_000);
  }
}
