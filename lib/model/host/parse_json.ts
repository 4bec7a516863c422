import { KnownError } from '../known_error';

/**
 * The interfaces that a command of iproute2 with -j printed. If there is nothing to show, it prints nothing or an empty
 * object. Throws KnownError if the output is not JSON.
 */
export function parseJson<T>(command: string, text: string): T[] {
  try {
    const list = JSON.parse(text.trim() === '' ? '[]' : text) as (T & { ifname?: string })[];
    return list.filter((entry) => entry.ifname !== undefined);
  } catch {
    throw unreadable(command, text.trim() === '' ? 'nothing' : text.slice(0, 200));
  }
}

/** The error for output that cannot be parsed. */
export function unreadable(command: string, what: string): KnownError {
  return new KnownError(
    `cannot parse the output of \`${command}\`: ${what}`,
    'Install a current iproute2 (5.15 or later) and try again.',
  );
}
