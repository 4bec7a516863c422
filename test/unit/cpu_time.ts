/** The processor time, in ms, that this process has used since the given `process.cpuUsage()`: others on the machine do not add to it. */
export function cpuTimeSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
