import type { Vid } from '../../model/vlan/vid';
import type { Sighting } from './sightings';
import { uplinksAmong, type TracedPort } from './traced_port';
import { vlanOfFrame } from './vlan_of_frame';

/** How far a frame got, in this order: into the guest's port, out of the bridge, back into it, out of the port. */
export const STAGES = ['sent', 'left', 'came', 'delivered'] as const;
export type Stage = (typeof STAGES)[number];

/** A frame and what it proves. */
export interface Staged extends Sighting {
  readonly stage: Stage;
  readonly vlan: Vid | null;
}

/** The frames of one client in one VLAN with one protocol. */
export type Group = readonly [Staged, ...Staged[]];

/** The frames that belong to the DHCP of a port. Each group has a frame that passed the port itself. */
export function groupFrames(port: TracedPort, seen: readonly Sighting[]): Group[] {
  const staged = seen.flatMap((sighting) => stageOf(port, sighting) ?? []);
  const sent = staged.filter(({ stage }) => stage === 'sent');
  const delivered = staged.filter(({ stage }) => stage === 'delivered');
  const outside = staged.filter(({ stage }) => stage === 'left' || stage === 'came');
  const vlans = new Map<string, Set<Vid | null>>();
  for (const one of sent) vlans.set(questionOf(one), new Set(vlans.get(questionOf(one))).add(one.vlan));
  // A question keeps its VLAN on the whole way, whatever tags say: the answer may come in a wrong one.
  const vlanIn = (one: Staged): Vid | null => {
    const asked = [...(vlans.get(questionOf(one)) ?? [])];
    return one.stage !== 'sent' && asked.length === 1 ? (asked[0] ?? null) : one.vlan;
  };
  const groups = new Map<string, [Staged, ...Staged[]]>();
  for (const one of [...sent, ...delivered, ...outside]) {
    const key = `${clientOf(one)} ${vlanIn(one) ?? ''}`;
    const isOwn = one.stage === 'sent' || one.frame.client === port.iface.mac;
    const before = groups.get(key);
    if (before !== undefined) before.push(one);
    else if (one.dev === port.dev && isOwn) groups.set(key, [one]);
  }
  return [...groups.values()];
}

function clientOf({ frame }: Sighting): string {
  return `${frame.family} ${frame.client}`;
}

function questionOf(sighting: Sighting): string {
  return `${clientOf(sighting)} ${sighting.frame.xid}`;
}

/** null: it proves nothing about this port. */
function stageOf({ dev, exits, bridge, vlans }: TracedPort, sighting: Sighting): Staged | null {
  const isFromGuest = sighting.way === 'from-guest';
  const { tags } = sighting.frame;
  if (sighting.dev === dev) {
    const vlan = vlanOfFrame(tags, bridge, vlans, !isFromGuest);
    return { ...sighting, stage: isFromGuest ? 'sent' : 'delivered', vlan };
  }
  const exit = exits.find((one) => one.dev === sighting.dev);
  // If there are uplinks, a question that reaches only this host has not left it.
  if (exit === undefined || (isFromGuest && exit.place === 'host' && uplinksAmong(exits).length > 0))
    return null;
  const vlan = vlanOfFrame(tags, bridge, exit.vlans, isFromGuest);
  return { ...sighting, stage: isFromGuest ? 'left' : 'came', vlan };
}
