import { join } from 'node:path';
import { describeBridgeDrift } from '../../../../lib/cli/status/describe_drift';
import { renderStatus } from '../../../../lib/cli/status/render_status';
import { statusJson } from '../../../../lib/cli/status/status_json';
import type { Misplaced } from '../../../../lib/plan/port_place';
import { selectSwitches } from '../../../../lib/plan/switch/select_switches';
import { verdict } from '../../../../lib/plan/switch/verdict';
import { expectGolden } from '../../golden';
import { ROOT, type HostSetup } from '../../fake_host/fake_host';
import { bridge } from '../../model/host/host_parts';
import { crowd, EXAMPLE, stateOf, TROUBLED } from '../example_hosts';

const golden = (name: string) => join(__dirname, 'golden', name);
const show = async (host: HostSetup, width = 80, color = false) =>
  renderStatus(await stateOf(host), { width, color, confFolder: `${ROOT}/conf` }, new Map());

test.each<[string, HostSetup, number]>([
  ['example', EXAMPLE, 80],
  ['example_wide', EXAMPLE, 120],
  ['troubled', TROUBLED, 80],
  ['troubled_wide', TROUBLED, 140],
  ['nothing', { confs: {} }, 80],
])('the table: %s', async (name, host, width) => {
  const text = await show(host, width);
  expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
  expectGolden(golden(`status_${name}.txt`), text);
});

test('colour changes nothing but the colour', async () => {
  const colored = await show(TROUBLED, 80, true);
  // eslint-disable-next-line no-control-regex
  expect(colored.replace(/\x1b\[\d*m/g, '')).toBe(await show(TROUBLED));
  expect(colored).toContain('\x1b[31mdrift\x1b[0m');
});

test('the JSON', async () => {
  const view = await stateOf(TROUBLED);
  expectGolden(
    golden('status_troubled.json'),
    JSON.stringify(statusJson(view, verdict(view), new Map()), null, 2),
  );
});

test('the verdict: as wanted, drift, not known', async () => {
  const of = async (host: HostSetup) => verdict(await stateOf(host));
  expect(await of(EXAMPLE)).toBe('ok');
  const unfiltered = EXAMPLE.bridges.map((one) => ({ ...one, filtering: false }));
  expect(await of({ ...EXAMPLE, bridges: unfiltered })).toBe('drift');
  expect(await of({ ...EXAMPLE, ports: EXAMPLE.ports.slice(1) })).toBe('drift');
  expect(await of({ ...EXAMPLE, ports: EXAMPLE.ports.slice(0, -1) })).toBe('drift');
  expect(await of({ ...EXAMPLE, confs: { ...EXAMPLE.confs, bridge_init: '[br0]\nbr-pvid = x\n' } })).toBe(
    'error',
  );
  expect(await of({ ...EXAMPLE, confs: { ...EXAMPLE.confs, vlan_filtering: '[other]\npvid = x\n' } })).toBe(
    'error',
  );
  expect(await of(TROUBLED)).toBe('error');
});

/** The example on a switch that is not what it should be: what is changed, whose port is asked for, and why it is misplaced. */
const WRONG: readonly (readonly [
  what: string,
  changes: Partial<HostSetup>,
  port: string,
  misplaced: Misplaced | null,
])[] = [
  [
    'a bridge that nobody has told to filter',
    {
      bridges: [bridge('br0')],
      confs: { ...EXAMPLE.confs, bridge_init: '' },
    },
    'veth0',
    { code: 'not-filtering', bridge: 'br0' },
  ],
  [
    'a port in another bridge than its XML says',
    {
      bridges: [...EXAMPLE.bridges, bridge('br1', { filtering: true })],
      ports: EXAMPLE.ports.map((port) => (port.name === 'veth0' ? { ...port, bridge: 'br1' } : port)),
    },
    'veth0',
    { code: 'in-other-bridge', bridge: 'br1', expected: 'br0' },
  ],
  ['a bridge that is down', { down: ['br0'] }, 'br0', null],
  ['a trunk without a cable', { down: ['eth0'] }, 'eth0', null],
];

test.each(WRONG)('not as wanted: %s', async (_what, changes, name, misplaced) => {
  const view = await stateOf({ ...EXAMPLE, ...changes });
  expect(verdict(view)).toBe('drift');
  const port = view.switches.flatMap(({ ports }) => ports).find((one) => one.name === name);
  expect(port).toMatchObject(
    misplaced === null
      ? { state: 'down', drift: null }
      : { state: 'drift', drift: { vlans: false, flags: [], misplaced } },
  );
});

test("a bridge's own settings are not as wanted", async () => {
  const conf = EXAMPLE.confs.bridge_init.replace(']\n', ']\nvlan-protocol = 802.1ad\ndefault-pvid = none\n');
  const view = await stateOf({
    ...EXAMPLE,
    bridges: [bridge('br0')],
    confs: { ...EXAMPLE.confs, bridge_init: conf },
  });
  const [br0] = view.switches;
  expect(br0?.drift).toEqual([
    { setting: 'vlan_filtering', is: false, wanted: true },
    { setting: 'vlan_protocol', is: '802.1Q', wanted: '802.1ad' },
    { setting: 'default-pvid', is: 1, wanted: 'none' },
  ]);
  expect(br0 && describeBridgeDrift(br0)).toBe(
    'vlan_filtering is false, not true; vlan_protocol is 802.1Q, not 802.1ad; default-pvid is 1, not none',
  );
});

test("a guest's port and a bridge that conf does not name may be down", async () => {
  const bridges = [...EXAMPLE.bridges, bridge('virbr0', { filtering: true })];
  expect(verdict(await stateOf({ ...EXAMPLE, bridges, down: ['veth0', 'virbr0'] }))).toBe('ok');
});

describe('of one guest or bridge', () => {
  const without = '[no tap]\nguest = VM3\nnic = 0\npvid = 7\n';
  const host: HostSetup = {
    ...EXAMPLE,
    guests: { ...EXAMPLE.guests, VM3: [{ type: 'user' }] },
    confs: {
      bridge_init: `${EXAMPLE.confs.bridge_init}[br9]\ntrunk-port = eth9\n`,
      vlan_filtering: `${EXAMPLE.confs.vlan_filtering}${without}`,
    },
  };
  const of = async (name: string) => {
    const view = selectSwitches(await stateOf(host), name);
    return view === null ? null : verdict(view);
  };

  test('an interface without a tap is its guest’s, a bridge that is not there is that bridge’s', async () => {
    expect(await of('VM3')).toBe('drift');
    expect(await of('br9')).toBe('drift');
    expect(await of('VM1')).toBe('ok');
    expect(await of('br0')).toBe('ok');
    const view = selectSwitches(await stateOf(host), 'VM3');
    if (view === null) throw new Error('no VM3');
    const style = { width: 80, color: false, confFolder: `${ROOT}/conf` };
    const text = renderStatus(view, style, new Map());
    expect(text).toMatch(/^VM3 has no port in a bridge\.\n\nProblems:\n/);
    expect(text).toContain('error: vlan_filtering.conf:14: [no tap] matches interface 0 of guest VM3,');
  });

  test('a port that is in no bridge counts for the one that it should be in', async () => {
    const view = await stateOf({ ...EXAMPLE, ports: EXAMPLE.ports.slice(0, -1) });
    for (const name of ['br0', 'VM2']) {
      const part = selectSwitches(view, name);
      expect([name, part?.missing.map((port) => port.name)]).toEqual([name, ['veth2']]);
    }
  });
});

test('one guest, one bridge, and nothing of that name', async () => {
  const view = await stateOf(TROUBLED);
  const ports = (name: string) =>
    selectSwitches(view, name)?.switches.map(({ ports }) => ports.map((port) => port.name));
  expect(ports('VM2')).toEqual([['veth1']]);
  expect(selectSwitches(view, 'VM2')?.missing.map(({ name }) => name)).toEqual(['veth2']);
  expect(ports('virbr0')).toEqual([['virbr0', 'vnet11']]);
  expect(ports('VM')).toBeUndefined();
});

test('200 ports, each in a line of at most 80 columns', async () => {
  const text = await show(crowd(200));
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).toMatch(/\nvnet199 +guest +guest199 +40 +- +ok\n/);
});
