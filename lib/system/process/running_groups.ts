/** The process groups of the scripts that run now: whoever must end at once ends them first. */
export const runningGroups = new Set<number>();
