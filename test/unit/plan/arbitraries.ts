import fc from 'fast-check';
import type { Bridge, BridgePort } from '../../../lib/model/host/host';
import type { Egress, PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import type { BridgeWish } from '../../../lib/plan/plan_bridge';
import type { PortChange } from '../../../lib/plan/plan_ports';
import { bridgePort } from '../model/host/host_parts';

/** VIDs close together, so that random sets meet; now and then at the ends, or anywhere. */
export const vid: fc.Arbitrary<Vid> = fc
  .oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) },
    { weight: 1, arbitrary: fc.integer({ min: 4090, max: 4094 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4094 }) },
  )
  .map((number) => number as Vid);

/** Single VIDs and, rarely, a long range. */
export const vidSet: fc.Arbitrary<Set<Vid>> = fc.oneof(
  { weight: 12, arbitrary: fc.uniqueArray(vid, { maxLength: 9 }).map((vids) => new Set(vids)) },
  {
    weight: 1,
    arbitrary: fc.tuple(vid, fc.integer({ min: 1, max: 120 })).map(([first, size]) => run(first, size)),
  },
);

const egress: fc.Arbitrary<Egress> = fc.constantFrom('tagged', 'untagged');

/** Whatever the kernel can hold: the PVID is a member, all else is free. */
export const portVlansState: fc.Arbitrary<PortVlans> = vidSet.chain((vids) => {
  const members = [...vids];
  const state = {
    pvid: members.length === 0 ? fc.constant(null) : fc.option(fc.constantFrom(...members)),
    vlans: fc
      .array(egress, { minLength: members.length, maxLength: members.length })
      .map((ways) => new Map(members.map((member, index) => [member, ways[index] ?? 'tagged']))),
  };
  return fc.record(state, { noNullPrototype: true });
});

/** Two states; the second often differs from the first in a little only. */
const haveAndWant: fc.Arbitrary<{ have: PortVlans; want: PortVlans }> = fc
  .tuple(portVlansState, portVlansState, fc.constantFrom('new', 'same', 'pvid', 'more'))
  .map(([have, other, kind]) => {
    if (kind === 'same') return { have, want: have };
    if (kind === 'pvid' && other.pvid !== null) {
      const way = other.vlans.get(other.pvid) ?? 'untagged';
      return { have, want: { pvid: other.pvid, vlans: new Map([...have.vlans, [other.pvid, way]]) } };
    }
    if (kind === 'more')
      return { have, want: { pvid: have.pvid, vlans: new Map([...other.vlans, ...have.vlans]) } };
    return { have, want: other };
  });

/** Ports of one bridge, `port0` … and in half of the cases `br0` itself, from what they have to what they should have. */
export const portChanges: fc.Arbitrary<PortChange[]> = fc
  .tuple(fc.array(haveAndWant, { maxLength: 4 }), fc.option(haveAndWant), fc.boolean())
  .map(([ports, own, first]) => {
    const changes = ports.map((states, index): PortChange => ({
      dev: `port${index}`,
      self: false,
      ...states,
    }));
    if (own === null) return changes;
    const self: PortChange = { dev: 'br0', self: true, ...own };
    return first ? [self, ...changes] : [...changes, self];
  });

/** A bridge with ports, and a wish for it that the kernel can fulfil: a filtering bridge keeps its default PVID. */
export const bridgeChange: fc.Arbitrary<{ bridge: Bridge; ports: BridgePort[]; wish: BridgeWish }> = fc
  .record({
    filtering: fc.boolean(),
    protocol: fc.constantFrom('802.1Q' as const, '802.1ad' as const),
    defaultPvid: fc.option(vid),
    changes: portChanges,
    wished: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    setting: fc.record(
      {
        filtering: fc.boolean(),
        protocol: fc.constantFrom('802.1Q' as const, '802.1ad' as const),
        defaultPvid: fc.option(vid),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  })
  .map(({ filtering, protocol, defaultPvid, changes, wished, setting }) => {
    const own = changes.find(({ self }) => self);
    const others = changes.filter(({ self }) => !self);
    const { defaultPvid: nextDefault, ...settings } = setting;
    const wish: BridgeWish = {
      ...settings,
      ...(filtering || nextDefault === undefined ? {} : { defaultPvid: nextDefault }),
      ...(own === undefined || wished[4] === true ? {} : { own: own.want }),
      ports: new Map(others.filter((_, index) => wished[index] === true).map(({ dev, want }) => [dev, want])),
    };
    const vlans = own?.have ?? { pvid: null, vlans: new Map() };
    return {
      bridge: { name: 'br0', filtering, protocol, defaultPvid, vlans },
      ports: others.map(({ dev, have }) => bridgePort(dev, have)),
      wish,
    };
  });

/** The `bridge` commands, each word by word, that give a port without any VLAN a state. */
export function commandsFromNothing(dev: string, self: boolean, state: PortVlans): string[][] {
  return [...state.vlans].map(([member, way]) => [
    ...['vlan', 'add', 'dev', dev, 'vid', String(member)],
    ...(member === state.pvid ? ['pvid'] : []),
    ...(way === 'untagged' ? ['untagged'] : []),
    ...(self ? ['self'] : []),
  ]);
}

function run(first: Vid, size: number): Set<Vid> {
  const last = Math.min(4094, first + size - 1);
  return new Set(Array.from({ length: last - first + 1 }, (_, index) => (first + index) as Vid));
}
