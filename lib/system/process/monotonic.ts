/** Whole milliseconds from some moment on, whoever sets the clock meanwhile: for deadlines and durations. */
export function monotonic(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
