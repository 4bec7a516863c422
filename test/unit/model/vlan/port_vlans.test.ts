import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  describePortVlans,
  NO_VLANS,
  portVlans,
  type PortVlans,
  samePortVlans,
} from '../../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../../lib/model/vlan/vid';
import { portVlansState } from '../../plan/arbitraries';
import { plain } from './plain';

const vids = (...numbers: number[]): Vid[] => numbers as Vid[];
const one = 1 as Vid;

describe("a port's VLANs as people write them", () => {
  test('the PVID leaves untagged, all else as it is said', () => {
    expect(plain(portVlans({ pvid: one, tagged: vids(3, 2), untagged: vids(4) }))).toEqual({
      pvid: 1,
      vlans: [
        [1, 'untagged'],
        [2, 'tagged'],
        [3, 'tagged'],
        [4, 'untagged'],
      ],
    });
  });

  test('the PVID leaves untagged also where it stands among the tagged', () => {
    expect(plain(portVlans({ pvid: one, tagged: vids(1, 2) })).vlans).toEqual([
      [1, 'untagged'],
      [2, 'tagged'],
    ]);
  });

  test('without a PVID and VIDs the port is in no VLAN', () => {
    expect(plain(portVlans({ pvid: null }))).toEqual(plain(NO_VLANS));
  });
});

test('two ports are the same when PVID, VIDs and their ways out are', () => {
  fc.assert(
    fc.property(portVlansState, portVlansState, (a, b) => {
      assert.equal(samePortVlans(a, b), isDeepStrictEqual(a, b));
      assert.equal(samePortVlans(a, { pvid: a.pvid, vlans: new Map([...a.vlans].reverse()) }), true);
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, PortVlans]>([
  ['no VLANs', NO_VLANS],
  ['PVID 1', portVlans({ pvid: one })],
  ['PVID 1 (leaves tagged)', portVlans({ pvid: one, pvidEgress: 'tagged' })],
  ['PVID 1 (not a member)', { pvid: one, vlans: new Map() }],
  ['PVID 1, tagged 200-299,301', portVlans({ pvid: one, tagged: vids(301, ...range(200, 299)) })],
  ['PVID none, tagged 7', portVlans({ pvid: null, tagged: vids(7) })],
  ['PVID 1, untagged 5, tagged 7', portVlans({ pvid: one, untagged: vids(5), tagged: vids(7) })],
])('in words: %s', (words, port) => {
  expect(describePortVlans(port)).toBe(words);
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
