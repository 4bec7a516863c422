/** Resolves to false after `ms` milliseconds. */
export function later(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
