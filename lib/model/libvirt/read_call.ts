import { Exit, KnownError } from '../known_error';
import type { HookCall } from './hook_call';
import { DRIVER_NAMES } from './phases';

/**
 * Reads the four arguments of libvirt's call. Not with a parser of options, because a guest may be called `-h`, `1e3`
 * or `--`. Throws KnownError if there are not exactly four, or if the operations cannot be part of a folder's name.
 */
export function readCall(driver: string, args: readonly string[]): HookCall {
  const hint = `libvirt calls it as \`${driver} OBJECT OPERATION SUB-OPERATION EXTRA\`; try \`${driver} VM1 start begin -\`.`;
  const [object, operation, suboperation, extra] = args;
  if (!DRIVER_NAMES.includes(driver)) {
    throw new KnownError(
      `a dispatcher must be called ${DRIVER_NAMES.join(', ')}, not ${driver}`,
      'Install it under one of these names.',
      Exit.usage,
    );
  }
  if (args.length !== 4 || object === undefined || operation === undefined || suboperation === undefined) {
    const came = args.map((arg) => JSON.stringify(arg)).join(' ') || 'none';
    throw new KnownError(`expected 4 arguments, got ${args.length}: ${came}`, hint, Exit.usage);
  }
  for (const word of [operation, suboperation]) {
    if (!/^[A-Za-z0-9_-]+$/.test(word)) {
      throw new KnownError(`${JSON.stringify(word)} is not an operation`, hint, Exit.usage);
    }
  }
  return { driver, object, operation, suboperation, extra: extra ?? '-' };
}
