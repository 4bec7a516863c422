import type { DhcpFrame } from '../../model/dhcp/dhcp_frame';

/** Whether a frame goes away from the guest, or to it. */
export type Way = 'from-guest' | 'to-guest';

/** A frame that passed an interface. */
export interface Sighting {
  readonly dev: string;
  readonly way: Way;
  readonly frame: DhcpFrame;
  /** How often it passed. */
  readonly count: number;
  /** When it passed last, in milliseconds since the epoch. */
  readonly lastAt: number;
}

/** Different frames for each interface and way. More in such a time is a flood. */
export const MAX_FRAMES = 5000;

export interface Sightings {
  /** Returns whether the frame was not seen before. */
  readonly add: (dev: string, way: Way, frame: DhcpFrame, at: number) => boolean;
  readonly all: () => readonly Sighting[];
  /** Interfaces with more different frames than are kept. */
  readonly flooded: () => readonly string[];
}

/**
 * Collects what passes the interfaces: questions on their way from the guest, and answers on their way to it. Anything
 * else is not a part of the guest's own DHCP: the answers of a guest that is itself a server, or a question that comes
 * back through an uplink. Repeated frames are only counted.
 */
export function sightings(): Sightings {
  const byKey = new Map<string, Sighting>();
  const counts = new Map<string, number>();
  const flooded = new Set<string>();
  const add = (dev: string, way: Way, frame: DhcpFrame, at: number): boolean => {
    if ((way === 'from-guest') !== (frame.side === 'client')) return false;
    const place = JSON.stringify([dev, way]);
    const key = JSON.stringify([dev, way, frame]);
    const before = byKey.get(key);
    const kept = counts.get(place) ?? 0;
    if (before === undefined && kept === MAX_FRAMES) {
      flooded.add(dev);
      return false;
    }
    if (before === undefined) counts.set(place, kept + 1);
    const lastAt = Math.max(at, before?.lastAt ?? at);
    byKey.set(key, { dev, way, frame, count: (before?.count ?? 0) + 1, lastAt });
    return before === undefined;
  };
  return { add, all: () => [...byKey.values()], flooded: () => [...flooded] };
}
