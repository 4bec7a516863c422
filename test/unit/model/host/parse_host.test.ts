import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseBatchShow } from '../../../../lib/model/host/parse_batch_show';
import { parseHost, parseVlans } from '../../../../lib/model/host/parse_host';
import { parseTunnels } from '../../../../lib/model/host/parse_tunnels';
import { KnownError } from '../../../../lib/model/known_error';
import { readHost } from '../../../../lib/system/iproute2/read_host';
import { PORT_FLAG_NAMES } from '../../../../lib/model/vlan/port_flags';
import { FakeHost } from '../../fake_host/fake_host';
import { bridge, hostOf, tunnelPort, bridgePort, member } from './host_parts';
import { bridgeChange } from '../../plan/arbitraries';
import { plain } from '../vlan/plain';

/** What a real bridge(8) printed at the start of a guest. */
const REAL = readFileSync(
  join(__dirname, '../../../fixtures/libvirt-9.0.0/qemu_start_begin.bridge-vlan.json'),
  'utf8',
).trim();

/** The VLANs of veth0 in a list of `bridge -j vlan show`. */
const vlansOf = (...vlans: object[]) => {
  const port = parseVlans(JSON.stringify([{ ifname: 'veth0', vlans }])).get('veth0');
  return port === undefined ? undefined : plain(port);
};

describe('what bridge(8) prints', () => {
  test('of a real host', () => {
    expect([...parseVlans(REAL)].map(([name, port]) => [name, plain(port)])).toEqual(
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
});

describe('a host', () => {
  // A busy machine takes its time for a thousand hosts.
  jest.setTimeout(60_000);

  test('is the one that the tools show, whatever its VLANs', async () => {
    await fc.assert(
      fc.asyncProperty(bridgeChange, async ({ bridge, ports }) => {
        const host = await readHost(new FakeHost({ bridges: [bridge], ports }).exec);
        assert.deepEqual([...host.bridges.values()], [{ ...bridge, isUp: true }]);
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
      const nothing = new Map();
      expect(parseHost('[]\n', printed)).toEqual({
        bridges: nothing,
        ports: nothing,
        links: nothing,
        addresses: [],
      });
    }
  });

  test('has bridges of kernels that know no VLANs', () => {
    const old = [
      { ifname: 'br0', linkinfo: { info_kind: 'bridge', info_data: { forward_delay: 1500 } } },
      { ifname: 'br1', linkinfo: { info_kind: 'bridge' } },
    ];
    const { bridges } = parseHost('[]\n', JSON.stringify(old));
    for (const bridge of bridges.values()) {
      expect(bridge).toMatchObject({ filtering: false, protocol: '802.1Q', defaultPvid: null });
    }
    expect([...bridges.keys()]).toEqual(['br0', 'br1']);
  });
});

describe('interfaces', () => {
  const links = [
    {
      ifindex: 3,
      ifname: 'eth0',
      flags: ['BROADCAST', 'UP', 'LOWER_UP'],
      master: 'br0',
      linkinfo: {
        info_slave_kind: 'bridge',
        info_slave_data: { isolated: true, guard: false, learning: 'odd' },
      },
    },
    {
      ifindex: 4,
      ifname: 'vnet0',
      flags: ['BROADCAST', 'UP'],
      master: 'br1',
      linkinfo: { info_kind: 'tun', info_slave_kind: 'bridge' },
    },
    { ifindex: 5, ifname: 'eth1', flags: ['UP'], master: 'bond0', linkinfo: { info_slave_kind: 'bond' } },
    { ifindex: 6, ifname: 'dummy0', flags: [], linkinfo: { info_kind: 'dummy' } },
    {},
  ];
  const host = parseHost('[]\n', JSON.stringify(links));

  test('are ports where a bridge is their master, with the flags that are known', () => {
    expect([...host.ports.values()]).toEqual([
      {
        name: 'eth0',
        index: 3,
        kind: null,
        bridge: 'br0',
        isUp: true,
        vlans: { pvid: null, vlans: new Map() },
        flags: { isolated: true, bpdu_guard: false },
        tunnels: null,
      },
      expect.objectContaining({
        name: 'vnet0',
        index: 4,
        kind: 'tun',
        bridge: 'br1',
        isUp: false,
        flags: {},
      }),
    ]);
  });

  test('are all known by number, kind and master', () => {
    expect([...host.links.values()]).toEqual([
      { name: 'eth0', index: 3, kind: null, master: 'br0' },
      { name: 'vnet0', index: 4, kind: 'tun', master: 'br1' },
      { name: 'eth1', index: 5, kind: null, master: 'bond0' },
      { name: 'dummy0', index: 6, kind: 'dummy', master: null },
    ]);
  });

  test('a batch shows which have gone, and which have come again under a name', () => {
    const shown = [
      { ifindex: 3, ifname: 'eth0', flags: ['UP', 'LOWER_UP'], master: 'br0' },
      { ifindex: 9, ifname: 'vnet0', flags: [], master: 'br0' },
    ];
    const { ports } = parseBatchShow(`[]\n${JSON.stringify(shown)}\n`, host);
    expect(ports.get('eth0')).toEqual(host.ports.get('eth0'));
    // What it is nobody knows yet, so that nothing is set on it.
    expect(ports.get('vnet0')).toMatchObject({ index: 9, kind: null, flags: {}, bridge: 'br0' });
    expect(parseBatchShow('[]\n[]\n', host).ports.size).toBe(0);
  });
});

describe('is refused', () => {
  const refusal = (output: string): string => {
    try {
      parseBatchShow(output, parseHost('[]', '[]'));
    } catch (error) {
      if (error instanceof KnownError) return error.message;
      throw error;
    }
    throw new Error('it was read');
  };

  test.each([
    ['nothing', '', 'cannot parse the output of `bridge -j -batch`: nothing'],
    ['one answer of two', '[]\n', 'cannot parse the output of `bridge -j -batch`: []\n'],
    [
      'an answer that was cut off',
      '[{"ifname":"br0"\n[]\n',
      'cannot parse the output of `bridge -j vlan show`: [{"ifname":"br0"',
    ],
    [
      'a VLAN that cannot be',
      '[{"ifname":"a","vlans":[{"vlan":4095}]}]\n[]\n',
      'cannot parse the output of `bridge -j vlan show`: VLAN 4095 of a',
    ],
  ])('%s', (_, output, message) => {
    expect(refusal(output)).toBe(message);
  });
});

describe('what `bridge vlan tunnelshow` prints', () => {
  const host = hostOf([bridge('br0')], [bridgePort('eth0', member(1)), tunnelPort('vx0', {})]);
  // Of iproute2 6.1.
  const REAL_TUNNELS =
    '[{"ifname":"vx0","tunnels":[{"vlan":10,"tunid":10010},{"vlan":20,"vlanEnd":22,"tunid":10020,"tunidEnd":10022}]}]\n';

  test('of a real host', () => {
    const { ports } = parseTunnels(REAL_TUNNELS, host);
    expect([...ports].map(([name, { tunnels }]) => [name, tunnels && [...tunnels]])).toEqual([
      ['eth0', null],
      [
        'vx0',
        [
          [10, 10010],
          [20, 10020],
          [21, 10021],
          [22, 10022],
        ],
      ],
    ]);
  });

  test('of a port without a mapping, of one that is gone, and of one without vlan_tunnel', () => {
    expect(parseTunnels('[]\n', host)).toEqual(host);
    const others = REAL_TUNNELS.replace('vx0', 'gone');
    expect(parseTunnels(others, host)).toEqual(host);
    expect(parseTunnels(REAL_TUNNELS.replace('vx0', 'eth0'), host)).toEqual(host);
    expect(() => parseTunnels('port vlan-id', host)).toThrow(KnownError);
  });
});
