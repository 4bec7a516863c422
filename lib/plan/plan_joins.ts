import type { Match, WantedPort } from '../model/match/match_ports';
import type { Host } from '../model/host/host';
import { portVlans } from '../model/vlan/port_vlans';
import type { Claims } from './claims';
import { lostTaps, type GuestInterface, type LostTap } from './lost_taps';
import type { Purpose, Step } from './step';

/** What may put a tap back, and what may not. */
export interface JoinRules {
  readonly interfaces: readonly GuestInterface[];
  readonly matches: readonly Match[];
  readonly claims: Claims;
  readonly held: ReadonlySet<string>;
}

/**
 * The taps that are put back into the bridges they have lost. Up in a bridge without its own VLANs, a tap would be in the
 * default PVID: one whose VLANs cannot be told, or cannot be set there, stays where it is.
 *
 * @param isRefused whether a wanted port could not be set on that host
 */
export function planJoins(
  { interfaces, matches, claims, held }: JoinRules,
  wanted: readonly WantedPort[],
  host: Host,
  isRefused: (port: WantedPort, host: Host) => boolean,
): LostTap[] {
  const unclear = new Set(matches.filter(({ blocking }) => blocking.length > 0).map(({ guest }) => guest));
  const lost = lostTaps(interfaces, [...host.links.values()]).filter(
    ({ dev, guest }) =>
      !held.has(dev) && !unclear.has(guest) && (claims.get(dev) ?? []).every((name) => name === guest),
  );
  if (lost.length === 0) return [];
  const joined = afterJoins(host, lost);
  return lost.filter(({ dev }) => !wanted.some((port) => port.dev === dev && isRefused(port, joined)));
}

/** Down while it joins: no frame gets into the default PVID that a new port begins with. */
export function joinSteps({ dev, bridge }: LostTap): Step[] {
  return [setLink(dev, false), link(dev, { kind: 'join-bridge', bridge }, 'master', bridge)];
}

/** Once it has its VLANs. */
export function upStep({ dev }: LostTap): Step {
  return setLink(dev, true);
}

/** Where it cannot have its VLANs it is as it was before, so that the next run finds it lost again. */
export function leaveSteps(dev: string): Step[] {
  return [link(dev, { kind: 'leave-bridge' }, 'nomaster'), setLink(dev, true)];
}

/** What the kernel would say of taps in their bridges. */
export function afterJoins(host: Host, joins: readonly LostTap[]): Host {
  if (joins.length === 0) return host;
  const [ports, links] = [new Map(host.ports), new Map(host.links)];
  for (const { dev, bridge } of joins) {
    const known = host.links.get(dev);
    if (known === undefined) continue;
    const { index, kind } = known;
    const pvid = host.bridges.get(bridge)?.defaultPvid ?? null;
    ports.set(dev, { name: dev, index, kind, bridge, vlans: portVlans({ pvid }), flags: {}, isUp: false });
    links.set(dev, { ...known, master: bridge });
  }
  return { ...host, ports, links };
}

function setLink(dev: string, up: boolean): Step {
  return link(dev, { kind: 'set-link', up }, up ? 'up' : 'down');
}

function link(dev: string, purpose: Purpose, ...words: readonly string[]): Step {
  const unit = { kind: 'port', name: dev } as const;
  return { unit, purpose, dev, tool: 'ip', args: ['link', 'set', 'dev', dev, ...words] };
}
