import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BRIDGE_SHOW, parseBridgeShow, parseHost, parsePortFlags } from '../../../lib/iproute2/parse_host';
import { readHost } from '../../../lib/iproute2/read_host';
import { KnownError } from '../../../lib/types';
import { PORT_FLAG_NAMES } from '../../../lib/vlan/port_flags';
import { SimulatedHost } from '../plugins/simulated_host';
import { bridgeChange } from '../vlan/arbitraries';
import { plain } from '../vlan/plain';

/** What a real bridge(8) printed at the start of a guest. */
const REAL = readFileSync(
  join(__dirname, '../../fixtures/libvirt-9.0.0/qemu_start_begin.bridge-vlan.json'),
  'utf8',
).trim();

const NO_LINKS = '[]\n';
/** The VLANs of veth0 in a list of `bridge -j vlan show`. */
const vlansOf = (...vlans: object[]) => {
  const port = parseBridgeShow(`${JSON.stringify([{ ifname: 'veth0', vlans }])}\n${NO_LINKS}`).vlans.get(
    'veth0',
  );
  return port === undefined ? undefined : plain(port);
};

describe('what bridge(8) prints', () => {
  test('of a real host', () => {
    const { vlans } = parseBridgeShow(`${REAL}\n${NO_LINKS}`);
    expect([...vlans].map(([name, port]) => [name, plain(port)])).toEqual(
      ['br0', 'veth1', 'vnet0'].map((name) => [name, { pvid: 1, vlans: [[1, 'untagged']] }]),
    );
  });

  test.each<[string, object[], { pvid: number | null; vlans: [number, string][] }]>([
    ['no VLAN', [], { pvid: null, vlans: [] }],
    ['a tag', [{ vlan: 5 }], { pvid: null, vlans: [[5, 'tagged']] }],
    ['a tag with an empty list of flags', [{ vlan: 5, flags: [] }], { pvid: null, vlans: [[5, 'tagged']] }],
    [
      'a range',
      [{ vlan: 5, vlanEnd: 7 }],
      {
        pvid: null,
        vlans: [
          [5, 'tagged'],
          [6, 'tagged'],
          [7, 'tagged'],
        ],
      },
    ],
    [
      'a range that leaves untagged',
      [{ vlan: 5, vlanEnd: 6, flags: ['Egress Untagged'] }],
      {
        pvid: null,
        vlans: [
          [5, 'untagged'],
          [6, 'untagged'],
        ],
      },
    ],
    ['a PVID that leaves tagged', [{ vlan: 5, flags: ['PVID'] }], { pvid: 5, vlans: [[5, 'tagged']] }],
    [
      'flags that are not known',
      [{ vlan: 5, flags: ['PVID', 'New', 'Egress Untagged'] }],
      { pvid: 5, vlans: [[5, 'untagged']] },
    ],
  ])('%s', (_, vlans, expected) => {
    expect(vlansOf(...vlans)).toEqual(expected);
  });

  test('tells the ports, their bridges, and which are up', () => {
    const links = [
      { ifindex: 3, ifname: 'eth0', flags: ['BROADCAST', 'UP', 'LOWER_UP'], master: 'br0' },
      { ifname: 'vnet0', flags: ['BROADCAST', 'UP'], master: 'br1' },
      { ifname: 'br0', flags: ['UP', 'LOWER_UP'] },
      {},
    ];
    const { masters, up, indexes } = parseBridgeShow(`[]\n${JSON.stringify(links)}\n`);
    expect([...indexes]).toEqual([['eth0', 3]]);
    expect([...masters]).toEqual([
      ['eth0', 'br0'],
      ['vnet0', 'br1'],
    ]);
    expect([...up]).toEqual(['eth0', 'br0']);
  });

  test('tells the flags of ports, those only that it knows', () => {
    const links = [{ ifname: 'vnet0', isolated: true, guard: false, learning: 'odd', hairpin: true }];
    expect([...parsePortFlags(JSON.stringify(links))]).toEqual([
      ['vnet0', { isolated: true, bpdu_guard: false }],
    ]);
  });
});

describe('a host', () => {
  // A busy machine takes its time for a thousand hosts.
  jest.setTimeout(60_000);

  test('is the one that the tools show, whatever its VLANs', async () => {
    await fc.assert(
      fc.asyncProperty(bridgeChange, async ({ bridge, ports }) => {
        const host = await readHost(new SimulatedHost([bridge], ports).exec, true);
        assert.deepEqual([...host.bridges.values()], [bridge]);
        const withoutFlags = [...host.ports.values()].map((port) => ({ ...port, flags: {} }));
        assert.deepEqual(withoutFlags, ports);
        for (const { flags } of host.ports.values())
          assert.deepEqual(Object.keys(flags).sort(), [...PORT_FLAG_NAMES].sort());
      }),
      { numRuns: 1000 },
    );
  });

  test('without any bridge is an empty one: ip(8) then prints nothing, or an empty object', () => {
    for (const printed of ['', '\n', '[]', '[{}]']) {
      expect(parseHost('[]\n[]\n', printed)).toEqual({ bridges: new Map(), ports: new Map() });
    }
  });

  test('has bridges of kernels that know no VLANs', () => {
    const old = [
      { ifname: 'br0', linkinfo: { info_kind: 'bridge', info_data: { forward_delay: 1500 } } },
      { ifname: 'br1' },
    ];
    const { bridges } = parseHost('[]\n[]\n', JSON.stringify(old));
    for (const bridge of bridges.values()) {
      expect(bridge).toMatchObject({ filtering: false, protocol: '802.1Q', defaultPvid: null });
    }
    expect([...bridges.keys()]).toEqual(['br0', 'br1']);
  });
});

describe('is refused', () => {
  const refusal = (output: string): string => {
    try {
      parseBridgeShow(output);
    } catch (error) {
      if (error instanceof KnownError) return error.message;
      throw error;
    }
    throw new Error('it was read');
  };

  test.each([
    ['nothing', '', 'cannot read what `bridge -j vlan show` printed: nothing'],
    ['one answer of two', '[]\n', 'cannot read what `bridge -j link show` printed: nothing'],
    [
      'an answer that was cut off',
      '[{"ifname":"br0"\n[]\n',
      'cannot read what `bridge -j vlan show` printed: [{"ifname":"br0"',
    ],
    [
      'a VLAN that cannot be',
      '[{"ifname":"a","vlans":[{"vlan":4095}]}]\n[]\n',
      'cannot read what `bridge -j vlan show` printed: VLAN 4095 of a',
    ],
  ])('%s', (_, output, message) => {
    expect(refusal(output)).toBe(message);
  });
});

test('both questions are asked in one process', () => {
  expect(BRIDGE_SHOW.trim().split('\n')).toEqual(['vlan show', 'link show']);
});
