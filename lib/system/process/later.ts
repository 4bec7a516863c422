/** Resolves to false after so many milliseconds. */
export function later(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
