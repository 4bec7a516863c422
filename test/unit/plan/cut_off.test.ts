import { join } from 'node:path';
import { expectGolden } from '../golden';
import { portVlans, type PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { cutOff } from '../../../lib/plan/cut_off';
import type { Bridge, BridgePort, Host, HostAddress, VlanProtocol } from '../../../lib/model/host/host';
import { bridgePort, hostOf } from '../model/host/host_parts';

/** VLAN 7 is native, and leaves tagged all the same. */
const NATIVE_TAGGED = { pvid: 7 as Vid, vlans: new Map([[7 as Vid, 'tagged' as const]]) };

/** Nobody says which of them are trunks. */
const uplinks = (...others: string[]) => ({ trunks: [], others });

interface Side {
  filtering?: boolean;
  /** Of the host's own port. */
  own?: [pvid: number | null, ...tagged: number[]];
  /** Of eth0, and eth1 where there is one. */
  trunks?: [pvid: number | null, ...tagged: number[]][];
  down?: string;
  protocol?: VlanProtocol;
}

const vlans = ([pvid, ...tagged]: [number | null, ...number[]]) =>
  portVlans({ pvid: pvid as Vid | null, tagged: tagged as Vid[] });

function host({ filtering = true, own = [1], trunks = [[1]], down = '', protocol = '802.1Q' }: Side): Host {
  const bridge: Bridge = { name: 'br0', filtering, protocol, defaultPvid: null, vlans: vlans(own) };
  const ports = trunks.map((trunk, index): BridgePort => {
    const name = `eth${index}`;
    return { ...bridgePort(name, vlans(trunk)), isUp: name !== down };
  });
  return hostOf([bridge], ports);
}

const OWN: HostAddress = { bridge: 'br0', dev: 'br0', tag: null, address: '192.0.2.1/24' };
const SUB: HostAddress = {
  bridge: 'br0',
  dev: 'br0.200',
  tag: { vid: 200 as Vid, protocol: '802.1Q' },
  address: '192.0.2.1/24',
};

function levels(address: HostAddress, before: Side, after: Side): string[] {
  return cutOff([address], host(before), host(after), () => uplinks('eth0', 'eth1')).map(
    ({ level }) => level,
  );
}

test.each<[string, HostAddress, Side, Side, string[]]>([
  ['nothing changes', OWN, {}, {}, []],
  ['filtering goes on, all in VLAN 1', OWN, { filtering: false }, {}, []],
  ['the host moves to a VLAN that no trunk has', OWN, {}, { own: [999] }, ['error']],
  ['the host loses its PVID', OWN, {}, { own: [null, 1] }, ['error']],
  ['the trunk loses the host’s VLAN', OWN, {}, { trunks: [[null, 100]] }, ['error']],
  ['filtering goes on with the host elsewhere', OWN, { filtering: false }, { own: [5] }, ['error']],
  ['the host’s VLAN leaves tagged now', OWN, {}, { trunks: [[2, 1]] }, ['warning']],
  [
    'the host moves to another VLAN of the trunk',
    OWN,
    { trunks: [[1, 7]] },
    { own: [7], trunks: [[1, 7]] },
    ['warning'],
  ],
  ['host and trunk change their native VLAN together', OWN, {}, { own: [7], trunks: [[7]] }, []],
  ['of two trunks one stays', OWN, { trunks: [[1], [1]] }, { trunks: [[9], [1]] }, []],
  [
    'the one that stays has no carrier',
    OWN,
    { trunks: [[1], [1]], down: 'eth1' },
    { trunks: [[9], [1]], down: 'eth1' },
    ['error'],
  ],
  ['there was no way before either', OWN, { own: [9] }, { own: [8] }, []],
  [
    'br0.200 keeps its VLAN',
    SUB,
    { own: [1, 200], trunks: [[1, 200]] },
    { own: [null, 200], trunks: [[5, 200]] },
    [],
  ],
  [
    'br0.200, the host is out of 200',
    SUB,
    { own: [1, 200], trunks: [[1, 200]] },
    { own: [1], trunks: [[1, 200]] },
    ['error'],
  ],
  [
    'br0.200, 200 comes untagged to the host',
    SUB,
    { own: [1, 200], trunks: [[1, 200]] },
    { own: [200], trunks: [[1, 200]] },
    ['error'],
  ],
  [
    'br0.200, the trunk is out of 200',
    SUB,
    { own: [1, 200], trunks: [[1, 200]] },
    { own: [1, 200], trunks: [[1]] },
    ['error'],
  ],
  ['br0.200, filtering goes on without it', SUB, { filtering: false }, {}, ['error']],
  [
    'br0.200, the bridge looks for other tags: it passes as untagged, with its own tag',
    SUB,
    { own: [1, 200], trunks: [[1, 200]] },
    { own: [1, 200], trunks: [[1, 200]], protocol: '802.1ad' },
    [],
  ],
  [
    'br0.200, the bridge looks for other tags, and the trunk adds one',
    SUB,
    { own: [1, 200], trunks: [[1, 200]] },
    { own: [1, 200], trunks: [[null, 1, 200]], protocol: '802.1ad' },
    ['warning'],
  ],
  [
    'the tags on the wire become others',
    OWN,
    { own: [5], trunks: [[null, 5]] },
    { own: [5], trunks: [[null, 5]], protocol: '802.1ad' },
    ['warning'],
  ],
  [
    'conf has the wrong one for the trunk',
    OWN,
    { trunks: [[1], [1]] },
    { own: [7], trunks: [[1], [7]], down: 'eth1' },
    ['error'],
  ],
])('%s', (_, address, before, after, expected) => {
  expect(levels(address, before, after)).toEqual(expected);
});

test.each<[string, PortVlans, PortVlans, string[]]>([
  ['loses it', NATIVE_TAGGED, vlans([5]), ['error']],
  ['has it tagged only from then on', NATIVE_TAGGED, vlans([5, 7]), []],
  ['had it tagged only', vlans([5, 7]), NATIVE_TAGGED, []],
  ['had it untagged', vlans([7]), NATIVE_TAGGED, ['warning']],
])("a trunk with the host's VLAN as its native one, tagged: %s", (_, before, after, expected) => {
  const [now, then] = [before, after].map((trunk): Host => {
    const all = host({ own: [7] });
    return { ...all, ports: new Map([['eth0', bridgePort('eth0', trunk)]]) };
  });
  if (now === undefined || then === undefined) throw new Error('two');
  expect(cutOff([OWN], now, then, () => uplinks('eth0')).map(({ level }) => level)).toEqual(expected);
});

test('the words', () => {
  const after = host({ own: [1, 200], trunks: [[null, 1, 200]], protocol: '802.1ad' });
  const risks = [
    ...cutOff([OWN], host({}), host({ own: [999] }), () => uplinks('eth0')),
    ...cutOff([SUB], host({ own: [1, 200], trunks: [[1, 200]] }), after, () => uplinks('eth0')),
  ];
  expect(risks.map(({ code }) => code)).toEqual(['disconnects-host', 'moves-host']);
  const lines = risks.map(({ level, message, hint }) => `${level}: ${message} ${hint}`);
  expectGolden(join(__dirname, 'golden', 'cut_off.txt'), lines.join('\n'));
});

test('a bridge without a way out cannot be cut off', () => {
  expect(cutOff([OWN], host({}), host({ own: [999] }), () => uplinks())).toEqual([]);
});

describe('where the host is reached through a trunk, only trunks count', () => {
  const two: Side = { trunks: [[1], [1]] };
  const named = () => ({ trunks: ['eth0'], others: ['eth1'] });

  test('another uplink that stays is no way out', () => {
    const after = host({ trunks: [[null, 5], [1]] });
    expect(cutOff([OWN], host(two), after, named).map(({ level }) => level)).toEqual(['error']);
  });

  test('a trunk without a carrier is not how the host is reached', () => {
    const before = host({ ...two, down: 'eth0' });
    const lost = host({ own: [7], trunks: [[7], [1]], down: 'eth0' });
    expect(cutOff([OWN], before, lost, named).map(({ level }) => level)).toEqual(['error']);
  });
});
