import { Exit, KnownError, type ExitCode } from '../../model/known_error';

/** The error for a file or folder that cannot be read. */
export function cannotRead(
  path: string,
  { code, message }: NodeJS.ErrnoException,
  hint: string,
  exit: ExitCode = Exit.failed,
): KnownError {
  return new KnownError(
    `cannot read ${path}: ${message}`,
    hint,
    exit,
    code === 'EACCES' ? 'access-denied' : null,
  );
}
