import { Exit, KnownError } from '../../model/known_error';
import type { HookCall } from '../../model/libvirt/hook_call';
import { readCall } from '../../model/libvirt/read_call';
import { PHASES } from '../../model/libvirt/phases';

/** The arguments of the command: `VM1 start`, `VM1 release end --extra crashed`, `- start --driver daemon`. */
export interface TypedCall {
  readonly driver: string;
  readonly object: string;
  readonly operation: string;
  readonly suboperation: string | undefined;
  readonly extra: string | undefined;
}

/** Converts it to a call of libvirt. Throws KnownError if libvirt makes no such call. */
export function toCall({ driver, object, operation, suboperation, extra }: TypedCall): HookCall {
  const ofDriver = PHASES.filter((phase) => phase.driver === driver);
  if (ofDriver.length === 0)
    throw new KnownError(
      `there is no driver ${driver}`,
      `Use one of ${[...new Set(PHASES.map((phase) => phase.driver))].join(', ')}.`,
      Exit.usage,
    );
  const phase = ofDriver.find((known) => known.operation === operation);
  if (phase === undefined || (suboperation !== undefined && suboperation !== phase.suboperation)) {
    const typed = [operation, suboperation].filter((word) => word !== undefined).join(' ');
    const known = ofDriver.map((each) => `${each.operation} ${each.suboperation}`).join(', ');
    throw new KnownError(
      `libvirt does not call the ${driver} hook with \`${typed}\``,
      `Use one of: ${known}.`,
      Exit.usage,
    );
  }
  const last = extra ?? (driver === 'daemon' ? (operation === 'reload' ? 'SIGHUP' : operation) : '-');
  return readCall(driver, [driver === 'daemon' ? '-' : object, operation, phase.suboperation, last]);
}
