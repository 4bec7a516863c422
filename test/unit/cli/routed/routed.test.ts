import { join } from 'node:path';
import { apply } from '../../../../lib/cli/apply/apply';
import { diagram } from '../../../../lib/cli/diagram/diagram';
import { confirm } from '../../../../lib/cli/confirm/confirm';
import { metrics } from '../../../../lib/cli/metrics/metrics';
import { plan } from '../../../../lib/cli/plan/plan';
import { status } from '../../../../lib/cli/status/status';
import { undo } from '../../../../lib/cli/undo/undo';
import { BOOT_ID_FILE } from '../../../../lib/apply/rollback/state_files';
import { failed, succeeded } from '../../fake_host/exec_results';
import { FakeHost, FREE, ROOT } from '../../fake_host/fake_host';
import { Refused } from '../../fake_host/refused';
import { expectGolden } from '../../golden';
import { bridgePort, member } from '../../model/host/host_parts';
import { parseXml } from '../diagram/parse_xml';
import { EXAMPLE } from '../example_hosts';
import { GUEST_ROUTES_CONF, ROUTED } from '../routed_hosts';
import { runCommand } from '../run_command';

afterEach(() => ['SIGHUP', 'SIGPIPE'].forEach((signal) => process.removeAllListeners(signal)));

const golden = (name: string) => join(__dirname, 'golden', name);
const CONF = `${ROOT}/conf/guest_routes.conf`;
const APPLIED = '/var/lib/kvmvlan/applied/guest_routes.conf';

/** A host that can be changed: its announcements reach nobody. */
function hostOf(): FakeHost {
  const host = new FakeHost({ ...ROUTED, files: { ...ROUTED.files, [BOOT_ID_FILE]: 'this\n' }, lock: FREE });
  host.replace = (line) => (/^(perl|sh -c setsid|logger) /.test(line) ? succeeded() : undefined);
  return host;
}

/** The same after `kvmvlan apply`. */
async function appliedHost(): Promise<FakeHost> {
  const host = hostOf();
  expect(await runCommand(apply, { yes: true }, host)).toMatchObject({ status: 0, stderr: '' });
  return host;
}

const withoutGuest = (conf: string): string => conf.replace(/\[vnet3\][^[]+/, '');
const routes = ({ routing }: FakeHost): string[] =>
  routing.state.routes.map(({ to, table }) => `${to} ${table}`).sort();

test('before anything is set', async () => {
  const host = hostOf();
  const shown = await runCommand(status, {}, host);
  expect([shown.status, shown.stderr]).toEqual([1, '']);
  expectGolden(golden('status_before.txt'), shown.stdout);
  expect(shown.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const planned = await runCommand(plan, {}, host);
  expect(planned.status).toBe(1);
  expectGolden(golden('plan_before.txt'), planned.stdout);
  expectGolden(golden('plan_before.json'), (await runCommand(plan, { json: true }, host)).stdout);
  expect(host.ran).toEqual([]);
});

test('apply sets routed interfaces, and then there is nothing to do', async () => {
  const host = await appliedHost();
  expect(routes(host)).toEqual(['198.51.100.0/29 main', '2001:db8::20 main', '203.0.113.20 main']);
  expect(host.written.get(APPLIED)).toBe(GUEST_ROUTES_CONF);
  const ran = host.ran.length;
  expect(await runCommand(apply, { yes: true, json: true }, host)).toMatchObject({ status: 0 });
  expect(host.ran).toHaveLength(ran);
  expect((await runCommand(plan, {}, host)).status).toBe(0);
  const shown = await runCommand(status, {}, host);
  expect(shown.status).toBe(0);
  expectGolden(golden('status_after.txt'), shown.stdout);
  expectGolden(golden('status_after.json'), (await runCommand(status, { json: true }, host)).stdout);
});

test('apply fails if a command does', async () => {
  const host = hostOf();
  host.watch = (command) => {
    if (command.startsWith('ip route replace 2001')) throw new Refused('RTNETLINK answers: No buffer space');
  };
  const { status: code, stderr } = await runCommand(apply, { yes: true }, host);
  expect(code).toBe(1);
  expect(stderr).toContain('kvmvlan: vnet3: `ip route replace 2001:db8::20/128 dev vnet3');
  expect(stderr).toContain('failed: No buffer space.');
  expect(host.written.has(APPLIED)).toBe(false);
});

test('what other programs have changed, and a guest that conf no longer names', async () => {
  const host = await appliedHost();
  host.routing.run(['neigh', 'del', 'proxy', '2001:db8::20', 'dev', 'eth0']);
  const drift = await runCommand(status, { name: 'web1' }, host);
  expect(drift.status).toBe(1);
  expectGolden(golden('status_drift.txt'), drift.stdout);
  host.files[CONF] = withoutGuest(GUEST_ROUTES_CONF);
  expectGolden(golden('status_left_over.txt'), (await runCommand(status, {}, host)).stdout);
  expectGolden(golden('plan_left_over.txt'), (await runCommand(plan, {}, host)).stdout);
});

test('of one guest, one uplink, and nothing of that name', async () => {
  const host = await appliedHost();
  const names = async (name: string) => {
    const { stdout } = await runCommand(status, { name, json: true }, host);
    const { routed } = JSON.parse(stdout) as { routed: { interfaces: { name: string }[] } };
    return routed.interfaces.map((one) => one.name);
  };
  expect(await names('web2')).toEqual(['vnet4']);
  expect(await names('eth0')).toEqual(['vnet5', 'vnet3', 'vnet4']);
  expect(await runCommand(status, { name: 'eth1' }, host)).toMatchObject({ status: 2, stdout: '' });
});

test('an address that has moved to another uplink keeps its interface', async () => {
  const host = await appliedHost();
  host.files[CONF] = GUEST_ROUTES_CONF.replaceAll('uplink = eth0', 'uplink = vnet4');
  for (const file of Object.keys(host.files))
    if (file.includes('/eth0/')) host.files[file.replace('/eth0/', '/vnet4/')] = '1\n';
  const { stdout } = await runCommand(plan, { json: true }, host);
  expect(JSON.parse(stdout)).toMatchObject({
    routes: [
      {
        name: 'vnet3',
        removed: ['203.0.113.20: proxy entry', '2001:db8::20: proxy entry'],
        added: ['203.0.113.20: proxy entry', '2001:db8::20: proxy entry'],
      },
    ],
  });
});

test('an interface that cannot be set', async () => {
  const host = await appliedHost();
  host.files[CONF] = GUEST_ROUTES_CONF.replace('[vnet3]', '[vnet3]\nuplink = eth9');
  const { status: code, stdout } = await runCommand(status, { name: 'web1' }, host);
  expect(code).toBe(1);
  expectGolden(golden('status_refused.txt'), stdout);
  expect((await runCommand(plan, {}, host)).status).toBe(2);
});

test('a conf with an error, and routes that cannot be read', async () => {
  const host = hostOf();
  host.files[CONF] = GUEST_ROUTES_CONF.replace('203.0.113.20', '203.0.113.x');
  expect(JSON.parse((await runCommand(status, { json: true }, host)).stdout)).toMatchObject({
    status: 'error',
    problems: expect.arrayContaining([expect.objectContaining({ code: 'wrong-value' })]) as unknown,
  });
  host.replace = (line) => (line.startsWith('ip -N') ? failed({ kind: 'exit', status: 1 }, 'no') : undefined);
  const { status: code, stdout } = await runCommand(status, { json: true }, host);
  expect([code, JSON.parse(stdout)]).toMatchObject([
    2,
    { routed: null, problems: [{ code: 'routes-unknown' }] },
  ]);
});

describe('a change with --confirm', () => {
  async function tried(): Promise<FakeHost> {
    const host = await appliedHost();
    host.files[CONF] = withoutGuest(GUEST_ROUTES_CONF);
    expect(await runCommand(apply, { yes: true, confirm: '60' }, host)).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(routes(host)).toEqual([]);
    return host;
  }

  test('is undone in conf and kernel', async () => {
    const host = await tried();
    expect(await runCommand(undo, {}, host)).toMatchObject({ status: 0, stderr: '' });
    expect(host.files[CONF]).toBe(GUEST_ROUTES_CONF);
    expect(host.files[`${CONF}.rejected`]).toBe(withoutGuest(GUEST_ROUTES_CONF));
    expect(routes(host)).toEqual(['198.51.100.0/29 main', '2001:db8::20 main', '203.0.113.20 main']);
    expect((await runCommand(plan, {}, host)).status).toBe(0);
  });

  test('is not undone completely while a command fails', async () => {
    const host = await tried();
    host.watch = (command) => {
      if (command.startsWith('ip route replace 2001')) throw new Refused('no');
    };
    expect((await runCommand(undo, {}, host)).status).toBe(1);
    host.watch = () => undefined;
    expect((await runCommand(undo, {}, host)).status).toBe(0);
    expect(routes(host)).toHaveLength(3);
  });

  test('leaves a sample alone that has never been applied', async () => {
    const sample = '# No section yet.\n';
    const host = new FakeHost({
      ...EXAMPLE,
      ports: EXAMPLE.ports.map(({ name }) => bridgePort(name, member(1))),
      files: { [BOOT_ID_FILE]: 'this\n', [CONF]: sample },
      lock: FREE,
    });
    host.replace = (line) => (/^(sh -c|logger) /.test(line) ? succeeded() : undefined);
    expect((await runCommand(apply, { yes: true, confirm: '60' }, host)).status).toBe(0);
    const { status: code, stdout } = await runCommand(undo, {}, host);
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('Nothing to roll back')]);
    expect([host.files[CONF], host.files[`${CONF}.rejected`]]).toEqual([sample, undefined]);
  });

  test('stays if it is confirmed', async () => {
    const host = await tried();
    expect((await runCommand(confirm, {}, host)).status).toBe(0);
    expect(host.files[APPLIED]).toBe(withoutGuest(GUEST_ROUTES_CONF));
    expect((await runCommand(undo, {}, host)).stdout).toContain('Nothing to roll back');
    expect(routes(host)).toEqual([]);
  });
});

test.each([
  ['live', {}],
  ['plan', { plan: true }],
  ['ascii', { ascii: true, bridge: 'eth0' }],
])('the diagram has a router: %s', async (name, args) => {
  const { status: code, stdout } = await runCommand(diagram, args, await appliedHost());
  expect(code).toBe(0);
  expectGolden(golden(`diagram_${name}.txt`), stdout);
});

test('the diagram as a picture and as a chart', async () => {
  const host = await appliedHost();
  const svg = (await runCommand(diagram, { svg: true }, host)).stdout;
  expect(parseXml(svg)).toBe('svg');
  expect(svg).toContain('>203.0.113.20</text>');
  expectGolden(golden('diagram.mmd'), (await runCommand(diagram, { mermaid: true }, host)).stdout);
});

test('metrics', async () => {
  const { stdout } = await runCommand(metrics, {}, hostOf());
  expect(stdout.split('\n').filter((line) => line.includes('routed_interface'))).toEqual([
    '# HELP kvmvlan_routed_interfaces Routed interfaces of running guests by uplink and state',
    '# TYPE kvmvlan_routed_interfaces gauge',
    'kvmvlan_routed_interfaces{uplink="eth0",state="leaving"} 1',
    'kvmvlan_routed_interfaces{uplink="eth0",state="drift"} 2',
    '# HELP kvmvlan_routed_interface_drift Whether a routed interface differs from conf',
    '# TYPE kvmvlan_routed_interface_drift gauge',
    'kvmvlan_routed_interface_drift{uplink="eth0",device="vnet5",guest="db"} 0',
    'kvmvlan_routed_interface_drift{uplink="eth0",device="vnet3",guest="web1"} 1',
    'kvmvlan_routed_interface_drift{uplink="eth0",device="vnet4",guest="web2"} 1',
  ]);
});

test('a host that routes nothing starts no more processes', async () => {
  const without = new FakeHost(EXAMPLE);
  await runCommand(status, {}, without);
  const comments = new FakeHost({ ...EXAMPLE, confs: { ...EXAMPLE.confs, guest_routes: '# nothing\n' } });
  await runCommand(status, {}, comments);
  expect(comments.calls).toEqual(without.calls);
  expect(without.calls.some(([tool]) => tool === 'nft')).toBe(false);
});
