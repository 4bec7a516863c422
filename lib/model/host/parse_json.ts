import { KnownError } from '../known_error';

/**
 * The list that a command of iproute2 with -j printed. If there is nothing to show, it prints nothing. Throws KnownError
 * if the output is something else.
 */
export function parseJson<T>(command: string, text: string): T[] {
  let list: unknown;
  try {
    list = JSON.parse(text.trim() === '' ? '[]' : text);
  } catch {
    // Reported below.
  }
  if (!Array.isArray(list)) throw unreadable(command, text.slice(0, 200));
  return list as T[];
}

/** The same for a list of interfaces, where it prints an empty object if there is nothing to show. */
export function parseInterfaces<T>(command: string, text: string): T[] {
  return parseJson<T & { ifname?: string }>(command, text).filter(({ ifname }) => ifname !== undefined);
}

/** The error for output that cannot be parsed. */
export function unreadable(command: string, what: string): KnownError {
  return new KnownError(
    `cannot parse the output of \`${command}\`: ${what}`,
    'Install a current iproute2 (5.15 or later) and try again.',
  );
}
