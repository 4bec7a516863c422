import type { Match, WantedPort } from '../model/match/match_ports';
import type { Host } from '../model/host/host';
import { portVlans } from '../model/vlan/port_vlans';
import type { Claims } from './claims';
import { lostTaps, type GuestInterface, type LostTap } from './lost_taps';
import type { Purpose, Step } from './step';

/** What decides whether a tap may be put back. */
export interface JoinRules {
  readonly interfaces: readonly GuestInterface[];
  readonly matches: readonly Match[];
  readonly claims: Claims;
  readonly held: ReadonlySet<string>;
}

/**
 * The taps to put back into the bridges that they have lost. A tap that is up in a bridge without its VLANs would be in
 * the default PVID. So a tap is left where it is if its VLANs are unknown or cannot be set there.
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

/** The tap is down while it joins, so that no frame gets into the default PVID that a new port starts with. */
export function joinSteps({ dev, bridge }: LostTap): Step[] {
  return [setLink(dev, false), link(dev, { kind: 'join-bridge' }, 'master', bridge)];
}

/** For a tap that has joined and has its VLANs. */
export function upStep({ dev }: LostTap): Step {
  return setLink(dev, true);
}

/** For a tap that cannot get its VLANs: it leaves the bridge again, so that the next run tries again. */
export function leaveSteps(dev: string): Step[] {
  return [link(dev, { kind: 'leave-bridge' }, 'nomaster'), setLink(dev, true)];
}

/** The host as the kernel would report it after the taps have joined. */
export function afterJoins(host: Host, joins: readonly LostTap[]): Host {
  if (joins.length === 0) return host;
  const [ports, links] = [new Map(host.ports), new Map(host.links)];
  for (const { dev, bridge } of joins) {
    const known = host.links.get(dev);
    if (known === undefined) continue;
    const { index, kind } = known;
    const pvid = host.bridges.get(bridge)?.defaultPvid ?? null;
    const vlans = portVlans({ pvid });
    ports.set(dev, { name: dev, index, kind, bridge, vlans, flags: {}, isUp: false, tunnels: null });
    links.set(dev, { ...known, master: bridge });
  }
  return { ...host, ports, links };
}

function setLink(dev: string, up: boolean): Step {
  return link(dev, { kind: 'set-link' }, up ? 'up' : 'down');
}

function link(dev: string, purpose: Purpose, ...words: readonly string[]): Step {
  const unit = { kind: 'port', name: dev } as const;
  return { unit, purpose, dev, tool: 'ip', args: ['link', 'set', 'dev', dev, ...words] };
}
