import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { daemonGauge } from '../../../../lib/cli/metrics/daemon_gauge';
import { exposition } from '../../../../lib/cli/metrics/exposition';
import { metrics } from '../../../../lib/cli/metrics/metrics';
import { formatPending } from '../../../../lib/apply/rollback/pending';
import { BOOT_ID_FILE, PENDING_FILE } from '../../../../lib/apply/rollback/state_files';
import { FakeHost, ROOT, type HostSetup } from '../../fake_host/fake_host';
import { NOT_FOUND } from '../../fake_host/exec_results';
import { expectGolden } from '../../golden';
import { EXAMPLE, TROUBLED } from '../example_hosts';
import { ROUTED } from '../routed_hosts';
import { runCommand } from '../run_command';
import { checkRules, checkWithPromtool, hasPromtool } from './promtool';

const LOG = `${ROOT}/logs/dispatch.log`;
const line = (
  time: string | null,
  call: readonly [driver: string, guest: string, operation: string],
  script: string | null,
  outcome: string,
  ms: number,
): string => JSON.stringify({ time, call: [...call, 'begin', '-'], script, outcome, ms });

const HOOKS = [
  line('2026-01-01T00:00:00.000Z', ['qemu', 'VM1', 'start'], 'vlan_filtering', 'failed', 100),
  line('2026-01-01T00:00:10.500Z', ['qemu', 'VM2', 'start'], 'vlan_filtering', 'ok', 212),
  line('2026-01-01T00:00:11.000Z', ['qemu', 'VM2', 'start'], 'vlan_filtering', 'skipped', 0),
  line('2026-01-01T00:00:12.000Z', ['qemu', 'VM2', 'started'], 'back"up\\', 'failed', 60000),
  line('2026-01-01T00:00:13.000Z', ['qemu', 'VM2', 'started'], null, 'trouble', 0),
  line(null, ['qemu', 'VM2', 'stopped'], 'late', 'failed', 1),
  'half a li',
].join('\n');

/** The samples only, without the daemons of the machine that runs the tests. */
const run = async (host: HostSetup | FakeHost, args = {}) => {
  const ran = await runCommand(metrics, args, host);
  const isHere = (text: string): boolean => text.includes('kvmvlan_daemon_knows_hooks');
  return {
    ...ran,
    text: ran.stdout
      .split('\n')
      .filter((text) => !isHere(text))
      .join('\n'),
  };
};

test.each<[string, HostSetup]>([
  ['example', { ...EXAMPLE, files: { [LOG]: HOOKS, [`${LOG}.1`]: '' } }],
  ['troubled', TROUBLED],
])('all gauges: %s', async (name, host) => {
  const { status, stderr, text } = await run(host);
  expect([status, stderr]).toEqual([0, '']);
  expectGolden(join(__dirname, 'golden', `${name}.prom`), text);
});

(hasPromtool ? test : test.skip)('promtool finds nothing wrong with them', async () => {
  const { text } = await run({ ...TROUBLED, files: { [LOG]: HOOKS } });
  expect(checkWithPromtool(text)).toEqual({ status: 0, output: '' });
});

(hasPromtool ? test : test.skip)('nor with the example of alerts, which names no other metrics', async () => {
  const path = join(__dirname, '../../../../docs/examples/prometheus/kvmvlan-alerts.yml');
  expect(checkRules(path)).toMatchObject({ status: 0 });
  const switches = await runCommand(metrics, {}, { ...TROUBLED, files: { [LOG]: HOOKS } });
  const routed = await runCommand(metrics, {}, ROUTED);
  const all = switches.stdout + routed.stdout;
  const known = new Set([...all.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const used = [...readFileSync(path, 'utf8').matchAll(/\bkvmvlan_\w+/g)].map(([name]) => name);
  expect(used.filter((name) => !known.has(name) && name !== 'kvmvlan_daemon_knows_hooks')).toEqual([]);
});

test('a change that waits to be confirmed', async () => {
  const touched = { uplinks: [], bridges: new Map(), ports: new Map() };
  const pending = {
    id: '1',
    bootId: 'this',
    until: Date.now() + 60_000,
    root: ROOT,
    files: [],
    move: null,
    touched,
  };
  const files = { [PENDING_FILE]: formatPending(pending), [BOOT_ID_FILE]: 'this\n' };
  expect((await run({ ...EXAMPLE, files })).text).toContain('\nkvmvlan_unconfirmed_change 1\n');
  const damaged = await run({ ...EXAMPLE, files: { [PENDING_FILE]: 'x' } });
  expect(damaged.status).toBe(2);
  expect(damaged.text).toContain('\nkvmvlan_status 2\n');
});

test('bridges that cannot be read are a status of 2, and an error', async () => {
  const { status, stderr, text } = await run({ ...EXAMPLE, commands: { 'bridge -j vlan show': NOT_FOUND } });
  expect(status).toBe(2);
  expect(stderr).toContain('bridge: not found');
  expect(text).toContain('\nkvmvlan_status 2\n');
  expect(text).not.toContain('kvmvlan_ports');
});

test('--output replaces a file, and prints nothing', async () => {
  const host = new FakeHost(EXAMPLE);
  const { status, stdout } = await run(host, { output: '/var/lib/x.prom' });
  expect([status, stdout]).toEqual([0, '']);
  expect(host.written.get('/var/lib/x.prom')).toMatch(/\nkvmvlan_status 0\n[^]*\n$/);
  for (const output of ['', ['a', 'b']])
    expect(await run(EXAMPLE, { output })).toMatchObject({ status: 2, stdout: '' });
});

test('daemons of one name are one sample: duplicates would make the whole file invalid', () => {
  const daemons = [
    { name: 'virtqemud', knows: true },
    { name: 'virtnetworkd', knows: true },
    { name: 'virtqemud', knows: false },
  ];
  expect(exposition([daemonGauge(daemons, ({ knows }) => knows)])).toMatch(
    /gauge\nkvmvlan_daemon_knows_hooks\{daemon="virtqemud"\} 0\nkvmvlan_daemon_knows_hooks\{daemon="virtnetworkd"\} 1\n$/,
  );
});

test('is for root', async () => {
  const { status, stdout, stderr } = await run({ ...EXAMPLE, isRoot: false });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('sudo kvmvlan metrics');
});
