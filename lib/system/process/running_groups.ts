/** The process groups of the running scripts. If this process must end early, it ends them first. */
export const runningGroups = new Set<number>();
