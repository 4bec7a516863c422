import { MAX_FRAMES, sightings } from '../../../../lib/cli/trace_dhcp/sightings';
import { frame } from './parts';

test('a repeated frame is counted', () => {
  const { add, all } = sightings();
  expect([1, 3, 2].map((at) => add('vnet0', 'from-guest', frame('DISCOVER'), at))).toEqual([
    true,
    false,
    false,
  ]);
  expect(all()).toMatchObject([{ dev: 'vnet0', way: 'from-guest', count: 3, lastAt: 3 }]);
});

test.each([
  ['answers of a guest that is a server', 'from-guest', 'OFFER'],
  ['a question that comes back through an uplink', 'to-guest', 'DISCOVER'],
] as const)('%s are passed over', (_what, way, type) => {
  const { add, all } = sightings();
  expect(add('eth0', way, frame(type), 0)).toBe(false);
  expect(all()).toEqual([]);
});

test('a flood has an end, and does not hide the other way', () => {
  const { add, all, flooded } = sightings();
  for (let xid = 0; xid <= MAX_FRAMES; xid++) add('vnet0', 'from-guest', frame('DISCOVER', { xid }), 0);
  expect(add('vnet0', 'to-guest', frame('OFFER'), 0)).toBe(true);
  expect(all()).toHaveLength(MAX_FRAMES + 1);
  expect(flooded()).toEqual(['vnet0']);
  // What is known already still counts.
  add('vnet0', 'from-guest', frame('DISCOVER', { xid: 0 }), 0);
  expect(all()[0]?.count).toBe(2);
});
