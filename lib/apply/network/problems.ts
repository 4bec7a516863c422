import type { BackendName, ChangeCommand } from '../../model/network/network_change';
import type { Probe } from '../../model/network/probe';
import type { Problem } from '../../model/problem';
import { describeLost } from '../../plan/network/describe_lost';
import type { Lost } from '../../plan/network/lost_by';
import { shellCommand, shellQuote } from '../../text/shell_quote';

// All sentences about a change of the host's network, one function for each problem.

/** What a change has not achieved yet. */
export type Missing =
  | { readonly kind: 'no-bridge'; readonly bridge: string; readonly backend: BackendName }
  | { readonly kind: 'no-port'; readonly bridge: string; readonly port: string }
  | { readonly kind: 'no-filtering'; readonly bridge: string }
  | { readonly kind: 'still-port'; readonly bridge: string; readonly port: string }
  | { readonly kind: 'lost'; readonly lost: Lost };

/** As a sentence without its full stop. */
export function describeMissing(missing: Missing): string {
  switch (missing.kind) {
    case 'no-bridge':
      return `${missing.backend} did not create ${missing.bridge}`;
    case 'no-port':
      return `${missing.port} is no port of ${missing.bridge}`;
    case 'no-filtering':
      return `${missing.bridge} does not filter VLANs`;
    case 'still-port':
      return `${missing.port} is still a port of ${missing.bridge}`;
    case 'lost':
      return `${describeLost(missing.lost)} is missing`;
  }
}

export function notArrived(missing: Missing): Problem {
  return bridgeLost(describeMissing(missing));
}

export function rolledBackMeanwhile(): Problem {
  return bridgeLost('the change was rolled back meanwhile');
}

function bridgeLost(what: string): Problem {
  return {
    level: 'error',
    code: 'bridge-lost',
    message: `${what}.`,
    hint: 'The log of the network manager shows why: `journalctl -b -n 100`.',
  };
}

export function noAnswer({ kind, address }: Probe): Problem {
  const who = {
    gateway: `the gateway ${address}`,
    session: `${address}, from where you are logged in,`,
    'name-server': `the name server ${address}`,
  }[kind];
  return {
    level: 'error',
    code: 'bridge-no-answer',
    message: `${who} answered before, and does not answer now.`,
    hint: 'Check whether the switch accepts the host at this port: port security, STP with BPDU guard, VLANs.',
  };
}

export function undoFailed(command: ChangeCommand, why: string): Problem {
  return {
    level: 'error',
    code: 'command-failed',
    message: `\`${describeCommand(command)}\` failed: ${why}.`,
    hint: 'Everything else has been tried.',
  };
}

/** The manager has not read what is permanent. */
export function settleFailed(command: ChangeCommand, why: string): Problem {
  return {
    level: 'warning',
    code: 'command-failed',
    message: `the change is permanent, but \`${describeCommand(command)}\` failed: ${why}.`,
    hint: 'Run it again by hand.',
  };
}

/** A command that can be pasted. */
export function describeCommand({ command, args }: ChangeCommand): string {
  return shellCommand([command, ...args]);
}

/** What an undo has not restored yet: a bridge that is still there, or that is not there again, or what was lost. */
export type NotBack =
  | { readonly kind: 'bridge-left' | 'bridge-gone'; readonly bridge: string }
  | { readonly kind: 'lost'; readonly lost: Lost };

/** As a part of a sentence. */
export function describeNotBack(found: NotBack): string {
  switch (found.kind) {
    case 'bridge-left':
      return `the removal of ${found.bridge}`;
    case 'bridge-gone':
      return found.bridge;
    case 'lost':
      return describeLost(found.lost);
  }
}

export function notAsBefore(left: readonly NotBack[]): Problem {
  return {
    level: 'error',
    code: 'rollback-incomplete',
    message: `the host's network is not as it was before: ${left.map(describeNotBack).join(', ')} ${left.length === 1 ? 'is' : 'are'} missing.`,
    hint: 'Run `kvmvlan undo` again. A reboot also restores the previous configuration.',
  };
}

/** @param ports that an undo has left without their bridge */
export function portsLeftBehind(bridge: string, ports: readonly string[]): Problem {
  const again = ports.map((name) => `\`ip link set ${shellQuote(name)} master ${shellQuote(bridge)}\``);
  return {
    level: 'warning',
    code: 'bridge-ports-left',
    message: `${ports.join(', ')} ${ports.length === 1 ? 'was a port' : 'were ports'} of ${bridge}, which does not exist any more: their guests have no network.`,
    hint: `When ${bridge} exists again: ${again.join(', ')}, then \`kvmvlan apply\`.`,
  };
}
