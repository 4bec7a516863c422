import type { Problem } from '../../model/problem';
import { shellCommand, shellQuote } from '../../text/shell_quote';
import type { Failure } from '../apply_steps';
import type { Rejection } from './rejected';

// All sentences about changes that wait or were rolled back, one function for each problem.

/** @param until milliseconds since 1970 */
export function changePending(until: number): Problem {
  return {
    level: 'warning',
    code: 'change-pending',
    message: `a change waits to be confirmed until ${describeTime(until)}.`,
    hint: '`kvmvlan confirm` keeps it, `kvmvlan undo` rolls it back.',
  };
}

export function changeOver(): Problem {
  return {
    level: 'error',
    code: 'rollback-incomplete',
    message: 'a change was not confirmed in time, and is not completely rolled back yet.',
    hint: '`kvmvlan undo` completes the rollback.',
  };
}

/** A command of a rollback has failed. @param isLast it would disconnect the host to go on without this interface */
export function notUndone({ step: { dev, tool, args }, why }: Failure, isLast: boolean): Problem {
  return {
    level: 'error',
    code: 'command-failed',
    message: `${dev}: \`${shellCommand([tool, ...args])}\` failed: ${why}.`,
    hint: isLast
      ? `The host stays in its current VLANs: without ${dev} it would be disconnected. Look at \`ip -d link show ${shellQuote(dev)}\`.`
      : 'All other ports have been tried.',
  };
}

/** @param devs the interfaces that differ from what they were */
export function portsNotBack(devs: readonly string[]): Problem {
  return {
    level: 'error',
    code: 'rollback-incomplete',
    message: `not everything is rolled back: ${devs.join(', ')}.`,
    hint: 'Check `bridge vlan show`, then run `kvmvlan undo` again.',
  };
}

/** @param dev null: what failed belongs to no routed interface */
export function routesNotBack(dev: string | null, why: string): Problem {
  return {
    level: 'error',
    code: 'rollback-incomplete',
    message: `${dev ?? 'routes'}: not everything is rolled back: ${why}.`,
    hint: 'Check `ip route show table all proto 107`, then run `kvmvlan undo` again.',
  };
}

const WHY: Readonly<Record<Rejection['why'], string>> = {
  'not confirmed': 'it was not confirmed in time',
  undone: 'it was undone by hand',
  failed: 'it did not work',
  rebooted: 'the host was rebooted before it was confirmed',
};

/** Where the rejected edit is. */
export function changeRolledBack({ at, why, files }: Rejection): Problem {
  const diffs = files.map(({ path, rejected }) => `\`${shellCommand(['diff', '-u', path, rejected])}\``);
  return {
    level: 'warning',
    code: 'change-rolled-back',
    message: `a change was rolled back at ${describeTime(at)}: ${WHY[why]}.`,
    hint:
      diffs.length === 0
        ? '`kvmvlan apply` applies conf again.'
        : `${diffs.join(' and ')} ${diffs.length === 1 ? 'shows' : 'show'} the rejected edit. To try it again, put it back and run \`kvmvlan apply --confirm 60\`. To keep the current conf, run \`kvmvlan apply\`.`,
  };
}

function describeTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
