import type { HostAddress, Tag } from '../model/host/host';
import type { WantedPort } from '../model/match/match_ports';
import type { Problem, Subject } from '../model/problem';

// Why a change is not made, or what it does to the host's own connection. All of these sentences are in this file.

/** A port that frames of an address can both enter and leave through, and their tags there, the outer one first. */
export interface WayOut {
  readonly port: string;
  readonly tags: readonly Tag[];
}

const COMPARE =
  'Compare br-pvid and br-tags with trunk-port, trunk-pvid, trunk-tags and trunk-tags-always in bridge_init.conf.';

export function disconnectsHost(address: HostAddress, now: readonly WayOut[]): Problem {
  return {
    level: 'error',
    code: 'disconnects-host',
    message: `this would disconnect the host: ${reachable(address, now)}, and through no uplink afterwards.`,
    hint: `${COMPARE} If this is intended, set \`allow-cut-off = yes\` in section [${address.bridge}], or run \`bridge_init --force\` once.`,
    subject: subjectOf(address),
  };
}

export function movesHost(
  address: HostAddress,
  now: readonly WayOut[],
  afterwards: readonly WayOut[],
): Problem {
  return {
    level: 'warning',
    code: 'moves-host',
    message: `this moves the host to another VLAN: ${reachable(address, now)}, and through ${describeWays(afterwards)} only afterwards.`,
    hint: COMPARE,
    subject: subjectOf(address),
  };
}

/** @param risk what the VLANs of this guest's port would do to the host */
export function portDisconnectsHost({ dev, guest }: WantedPort, risk: Problem): Problem {
  const message = `port ${dev} of guest ${guest}: ${risk.message}`;
  return { ...risk, level: 'error', message, subject: { ...risk.subject, guest, port: dev } };
}

/** @param risk what fewer VLANs on these trunks would do to the host */
export function trunkKeepsVlans(
  bridge: string,
  trunks: readonly string[],
  { message, hint }: Problem,
): Problem {
  return {
    level: 'warning',
    code: 'trunk-keeps-vlans',
    message: `trunk ${trunks.join(', ')} keeps its current VLANs: ${message}`,
    hint: `${hint} Then run \`bridge_init\`.`,
    subject: { bridge },
  };
}

export function bridgeHeld(bridge: string): Problem {
  return held('bridge-held', `bridge ${bridge}`, { bridge });
}

export function portHeld({ dev, guest }: WantedPort): Problem {
  return held('port-held', `port ${dev} of guest ${guest}`, { guest, port: dev });
}

function held(code: 'bridge-held' | 'port-held', what: string, subject: Subject): Problem {
  return {
    level: 'warning',
    code,
    message: `${what} is not changed: an earlier change of it was rolled back.`,
    hint: 'Edit the conf file, or apply it with `kvmvlan apply`. `kvmvlan check` shows what happened.',
    subject,
  };
}

function reachable({ address, dev }: HostAddress, now: readonly WayOut[]): string {
  return `${address} on ${dev} is reachable through ${describeWays(now)} now`;
}

function subjectOf({ bridge, dev, address }: HostAddress): Subject {
  return { bridge, interface: dev, addresses: [address] };
}

/** `eth0 (untagged)`, `eth0 (VLAN 200)` */
function describeWays(ways: readonly WayOut[]): string {
  return ways
    .map(({ port, tags }) => `${port} (${tags.map(describeTag).join(', and inside it ') || 'untagged'})`)
    .join(', ');
}

function describeTag({ vid, protocol }: Tag): string {
  return `VLAN ${vid}${protocol === '802.1Q' ? '' : ` (${protocol})`}`;
}
