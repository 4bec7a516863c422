import type { Problem } from '../model/problem';

/** The configuration cannot be changed by this backend. */
export function refused(message: string, hint: string): Problem {
  return { level: 'error', code: 'bridge-refused', message, hint };
}

/** Something that the new configuration does not keep exactly. */
export function cannotKeep(message: string, hint: string): Problem {
  return { level: 'warning', code: 'bridge-cannot-keep', message, hint };
}
