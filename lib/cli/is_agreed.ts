import { Exit, KnownError } from '../model/known_error';

/** Asks the user at the terminal. Throws KnownError if there is none. */
export async function isAgreed(question: string): Promise<boolean> {
  if (process.stdin.isTTY) return (await import('./ask')).ask(question);
  throw new KnownError(
    'cannot ask for confirmation: standard input is not a terminal',
    'Use `--yes` to apply without asking.',
    Exit.usage,
  );
}
