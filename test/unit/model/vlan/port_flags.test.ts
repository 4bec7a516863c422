import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  describeFlags,
  differingFlags,
  planFlags,
  PORT_FLAG_NAMES,
  type PortFlags,
} from '../../../../lib/model/vlan/port_flags';
import { NO_VLANS } from '../../../../lib/model/vlan/port_vlans';
import { bridgePort } from '../host/host_parts';
import { KernelModel } from '../../fake_host/kernel_model';

const RUNS = { numRuns: 2000 };
const all = Object.fromEntries(PORT_FLAG_NAMES.map((flag) => [flag, fc.boolean()]));
const have = fc.record(all, { noNullPrototype: true }) as fc.Arbitrary<PortFlags>;
const some = fc.record(all, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<PortFlags>;

describe("the plan for a port's flags", () => {
  test('ends in what is wanted, and leaves the others', () => {
    fc.assert(
      fc.property(have, some, (flags, want) => {
        const bridge = {
          name: 'br0',
          filtering: true,
          protocol: '802.1Q',
          defaultPvid: null,
          vlans: NO_VLANS,
        } as const;
        const kernel = new KernelModel([bridge], [{ ...bridgePort('port', NO_VLANS), flags }]);
        const words = planFlags('port', flags, want);
        if (words !== null) kernel.runBridge(words);
        assert.deepEqual(kernel.ports()[0]?.flags, { ...flags, ...want });
      }),
      RUNS,
    );
  });

  test('is no command where all is right', () => {
    fc.assert(
      fc.property(have, some, (flags, want) => {
        assert.equal(planFlags('port', { ...flags, ...want }, want), null);
        assert.deepEqual(differingFlags({ ...flags, ...want }, want), []);
      }),
      RUNS,
    );
  });

  test('touches no flag that is right', () => {
    expect(
      planFlags(
        'vnet0',
        { isolated: true, learning: true },
        { isolated: true, learning: false, bpdu_guard: true },
      ),
    ).toEqual(['link', 'set', 'dev', 'vnet0', 'learning', 'off', 'guard', 'on']);
  });
});

test.each<[PortFlags, string]>([
  [{}, ''],
  [{ isolated: true, learning: false }, 'isolated on, learning off'],
])('%j in words is "%s"', (flags, words) => {
  expect(describeFlags(flags)).toBe(words);
});
