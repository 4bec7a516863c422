import type { Problem } from './problem';

/**
 * A key that two problems share if they are the same. The level is left out: what is an error for one guest can be a
 * warning for another.
 */
export function whichProblem({ code, place, section, key, subject = {} }: Problem): string {
  const { guest, nth, port, bridge, interface: dev, addresses, table, setting } = subject;
  const about = [guest, nth, port, bridge, dev, addresses, table, setting];
  return JSON.stringify([code, place?.file, place?.line, section, key, ...about]);
}
