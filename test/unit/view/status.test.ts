import { join } from 'node:path';
import { renderStatus } from '../../../lib/view/render_status';
import { statusJson } from '../../../lib/view/status_json';
import { shown } from '../../../lib/view/text';
import { selectSwitches } from '../../../lib/switch/select_switches';
import { verdict } from '../../../lib/switch/verdict';
import { expectGolden } from '../golden';
import { fakeState, ROOT, type FakeHost } from './fake_host';
import { crowd, EXAMPLE, TROUBLED } from './hosts';

const golden = (name: string) => join(__dirname, 'golden', name);
const show = async (host: FakeHost, width = 80, color = false) =>
  renderStatus(await fakeState(host), { width, color, confFolder: `${ROOT}/conf` });

test.each<[string, FakeHost, number]>([
  ['example', EXAMPLE, 80],
  ['example_wide', EXAMPLE, 120],
  ['troubled', TROUBLED, 80],
  ['troubled_wide', TROUBLED, 140],
  ['nothing', { bridges: [], ports: [] }, 80],
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

test('a name cannot send anything to the terminal', () => {
  expect(shown('a\x1b[31mb\nc\u009b')).toBe('a?[31mb?c?');
});

test('the JSON', async () => {
  const view = await fakeState(TROUBLED);
  expectGolden(golden('status_troubled.json'), JSON.stringify(statusJson(view, verdict(view)), null, 2));
});

test('the verdict: as wanted, drift, not known', async () => {
  const of = async (host: FakeHost) => verdict(await fakeState(host));
  expect(await of(EXAMPLE)).toBe('ok');
  const [bridge] = EXAMPLE.bridges;
  expect(
    await of({ ...EXAMPLE, bridges: bridge === undefined ? [] : [{ ...bridge, filtering: false }] }),
  ).toBe('drift');
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

test('one guest, one bridge, and nothing of that name', async () => {
  const view = await fakeState(TROUBLED);
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
