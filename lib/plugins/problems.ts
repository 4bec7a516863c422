import type { Failure } from '../apply/apply_steps';
import type { KnownError } from '../model/known_error';
import type { WantedPort } from '../model/match/match_ports';
import type { Problem } from '../model/problem';
import type { ProblemCode } from '../model/problem_code';
import type { LostTap } from '../plan/lost_taps';
import type { UnjudgedTap } from '../plan/unjudged_taps';
import { shellCommand, shellName, shellQuote } from '../text/shell_quote';
import { describePort } from './describe_port';

// All sentences about problems of a run, but those about routes, one function for each problem. `why` is what a tool or
// the kernel has said.

export function runFailed({ message, hint }: KnownError): Problem {
  return { level: 'error', code: 'run-failed', message, hint };
}

export function bugFound(error: unknown): Problem {
  const what = error instanceof Error ? error.message : String(error);
  return {
    level: 'error',
    code: 'bug',
    message: `a bug: ${what}. Please report it with the log.`,
    hint: '',
  };
}

/** @param why a run for all guests is stopped by an error in dispatch.conf */
export function stoppedByConf({ code }: { readonly code: ProblemCode }, why: string): Problem {
  return { level: 'error', code, message: why, hint: '' };
}

export function bridgeNotSet(bridge: string, { step, why }: Failure): Problem {
  const deleted = step.purpose.kind === 'delete-vlans' ? '' : '; nothing was deleted';
  return {
    level: 'error',
    code: 'bridge-not-set',
    message: `bridge ${bridge}: \`${shellCommand([step.tool, ...step.args])}\` failed: ${why}.`,
    hint: `Run it by hand to see more, then run \`bridge_init\`. The commands after it were not run${deleted}.`,
    subject: { bridge },
  };
}

export function trunkNotSet(trunk: string, why: string): Problem {
  return {
    level: 'error',
    code: 'trunk-not-set',
    message: `trunk ${trunk} does not carry what the guests need: ${why}.`,
    hint: `Look at \`bridge vlan show dev ${shellQuote(trunk)}\`, then run \`bridge_init\`.`,
    subject: { port: trunk },
  };
}

/** @param bridge that the port is in; null: none */
export function portNotSet({ guest, dev, wish }: WantedPort, why: string, bridge: string | null): Problem {
  return {
    level: 'error',
    code: 'port-not-set',
    message: `port ${dev} of guest ${guest} did not get ${describePort(wish, wish.flags)}: ${why}.`,
    hint: `Look at \`bridge vlan show dev ${shellQuote(dev)}\` and \`ip -d link show ${shellQuote(bridge ?? '')}\`, then run \`vlan_filtering ${shellName(guest)}\`.`,
    subject: { guest, port: dev },
  };
}

/** @param isForAll whether the run was for all guests */
export function portNotJoined({ dev, bridge, guest }: LostTap, why: string, isForAll: boolean): Problem {
  return {
    level: 'error',
    code: 'port-not-joined',
    message: `port ${dev} of guest ${guest} was in no bridge, and cannot be put back into ${bridge}: ${why}.`,
    hint: `Look at \`ip -d link show ${shellQuote(dev)}\`, then run \`vlan_filtering ${isForAll ? '--all' : shellQuote(guest)}\`.`,
    subject: { guest, port: dev, bridge },
  };
}

export function portKeptOut({ name, guest }: UnjudgedTap): Problem {
  return {
    level: 'error',
    code: 'port-kept-out',
    message: `port ${name} of guest ${guest} gets no VLAN: the guest's XML cannot be read, and conf keeps unknown guests out.`,
    hint: `Check \`virsh dumpxml ${shellName(guest)}\`, correct it, then run \`vlan_filtering --all\`.`,
    subject: { guest, port: name },
  };
}
