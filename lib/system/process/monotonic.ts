/** A time in whole milliseconds that does not depend on the system's clock: for deadlines and durations. */
export function monotonic(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
