import assert from 'node:assert/strict';
import fc from 'fast-check';
import { autoTrunkVlans } from '../../../../lib/model/vlan/auto_trunk';
import type { Vid } from '../../../../lib/model/vlan/vid';
import { portVlansState, vid, vidSet } from '../../plan/arbitraries';
import { bridgePort } from '../host/host_parts';
import { plain } from './plain';

const states = fc.array(portVlansState, { maxLength: 4 });
const ports = states.map((list) => list.map((vlans, index) => bridgePort(`port${index}`, vlans)));

describe('a trunk that carries what is needed', () => {
  test('carries every VLAN of every other port and of the host, what is always carried, and no more', () => {
    fc.assert(
      fc.property(ports, portVlansState, vidSet, fc.option(vid), (others, own, always, pvid) => {
        const needed = [...others, { vlans: own }].flatMap(({ vlans }) => [...vlans.vlans.keys()]);
        const trunk = autoTrunkVlans({ pvid, always }, others, own);
        assert.deepEqual(
          new Set(trunk.vlans.keys()),
          new Set([...needed, ...always, ...(pvid === null ? [] : [pvid])]),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('carries all tagged but its PVID', () => {
    const other = bridgePort('vnet0', {
      pvid: 1 as Vid,
      vlans: new Map([
        [1 as Vid, 'untagged'],
        [7 as Vid, 'tagged'],
      ]),
    });
    const own = { pvid: 200 as Vid, vlans: new Map([[200 as Vid, 'untagged' as const]]) };
    expect(plain(autoTrunkVlans({ pvid: 1 as Vid, always: new Set([9 as Vid]) }, [other], own))).toEqual({
      pvid: 1,
      vlans: [
        [1, 'untagged'],
        [7, 'tagged'],
        [9, 'tagged'],
        [200, 'tagged'],
      ],
    });
  });
});
