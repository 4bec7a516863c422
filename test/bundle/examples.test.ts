import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { safeFolder } from '../safe_folder';
import { Hooks, sh, XML } from './hooks';

const REPOSITORY = join(__dirname, '../..');
const EXAMPLES = join(REPOSITORY, 'docs/examples');
const example = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');
/** Notes how it is called, and can be told to fail. */
const TOOL = sh(
  'root=${0%/*}/..; echo "$(basename "$0") $*" >>"$root/ran"; ! [ -e "$root/fail" ] || { echo "no such luck" >&2; exit 2; }',
);

describe('the bash example', () => {
  const call = async (guest: string, extra: Readonly<Record<string, string>> = {}) => {
    const hooks = new Hooks({
      'qemu_started_begin.d/ingress_rate.sh': example('ingress_rate.sh'),
      'conf/ingress_rate.conf': example('ingress_rate.conf'),
      'bin/tc': TOOL,
      ...extra,
    });
    const env = { PATH: `${hooks.root}/bin:/usr/bin:/bin` };
    return { hooks, run: await hooks.call('qemu', [guest, 'started', 'begin', '-'], { env }) };
  };

  test.concurrent('limits every tap of the guest', async () => {
    const { hooks, run } = await call('VM2');
    expect(run).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok', reason: null }] });
    const expected = ['veth1', 'vnet0', 'tapr0'].flatMap((dev) => [
      `tc qdisc del dev ${dev} ingress`,
      `tc qdisc add dev ${dev} ingress`,
      `tc filter add dev ${dev} ingress matchall action police rate 1gbit burst 1m mtu 65535 conform-exceed drop`,
    ]);
    expect(hooks.read('ran')?.trim().split('\n')).toEqual(expected);
    expect(hooks.read('logs/qemu_started_begin_VM2_ingress_rate.log')).toContain(
      'vnet0: VM2 may send 1gbit\n',
    );
  });

  test.concurrent('a guest whose name has spaces, and one without a line', async () => {
    const conf = { 'conf/ingress_rate.conf': '5mbit   Windows 10\n' };
    expect((await call('Windows 10', conf)).hooks.read('ran')).toContain('rate 5mbit');
    const other = await call('Windows', conf);
    expect(other.run.status).toBe(0);
    expect(other.hooks.exists('ran')).toBe(false);
  });

  test.concurrent('fails where tc fails', async () => {
    const { run } = await call('VM2', { fail: '' });
    expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'failed', reason: 'exit 2: no such luck' }] });
  });
});

describe('the Python example', () => {
  const call = async (input: string) => {
    const hooks = new Hooks({
      'qemu_migrate_begin.d/bridge_map.py': example('bridge_map.py'),
      'conf/bridge_map.conf': example('bridge_map.conf'),
    });
    return { hooks, run: await hooks.call('qemu', ['VM2', 'migrate', 'begin', '-'], { input }) };
  };

  test.concurrent('renames the bridges, and nothing else', async () => {
    const { hooks, run } = await call(XML);
    expect(run).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok', reason: null }] });
    expect(run.stdout.toString()).toMatch(/<source[^>]* bridge="br-lan"/);
    expect(run.stdout.toString()).not.toMatch(/bridge=["']br0["']/);
    expect(run.stdout.toString().match(/<(interface|disk|metadata)\b/g)).toEqual(
      XML.match(/<(interface|disk|metadata)\b/g),
    );
    expect(hooks.read('logs/qemu_migrate_begin_VM2_bridge_map.log')).toContain('VM2: br0 is br-lan here\n');
  });

  test.concurrent('leaves a guest on other bridges unchanged', async () => {
    const { run } = await call(
      '<domain><devices><interface><source bridge="br7"/></interface></devices></domain>',
    );
    expect(run).toMatchObject({ status: 0, stdout: Buffer.alloc(0), stderr: '' });
  });

  test.concurrent('fails where the XML is none, and says why', async () => {
    const { run } = await call('<domain>');
    expect(run).toMatchObject({ status: 1, stdout: Buffer.alloc(0) });
    expect(run.lines[0]?.reason).toMatch(/^exit 1: .*ExpatError: no element found/);
  });
});

describe("an administrator's plugin in TypeScript, bundled by the project's build", () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "kvmvlan admin's plugin "));
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));
  const build = (file: string, cwd = REPOSITORY) =>
    spawnSync('npm', ['run', '--silent', 'build', '--', file], { cwd, encoding: 'utf8' });
  const plugin = (): string => readFileSync(join(REPOSITORY, 'build/dist/plugins/port_isolation'), 'utf8');

  test('by a path of its own, wherever it is: and it does its work', async () => {
    copyFileSync(join(EXAMPLES, 'port_isolation.ts'), join(elsewhere, 'port_isolation.ts'));
    const built = build(join(elsewhere, 'port_isolation.ts'));
    expect(built).toMatchObject({ status: 0 });
    expect(built.stdout).toBe(
      'build/dist/plugins/port_isolation: copy it into a phase folder, owned by root\n',
    );

    const files = {
      'conf/port_isolation.conf': example('port_isolation.conf'),
      'bin/bridge': TOOL,
    };
    const call = async (guest: string, more: Readonly<Record<string, string>> = {}) => {
      const hooks = new Hooks({ ...files, ...more });
      hooks.write('qemu_start_begin.d/port_isolation', hooks.withTools(plugin()));
      const env = { PATH: `${hooks.root}/bin:/usr/bin:/bin` };
      return { hooks, run: await hooks.call('qemu', [guest, 'start', 'begin', '-'], { env }) };
    };
    const isolated = await call('VM2');
    expect(isolated.run).toMatchObject({
      status: 0,
      stderr: '',
      left: [],
      lines: [{ outcome: 'ok', reason: null }],
    });
    expect(isolated.hooks.read('ran')).toBe(
      'bridge link set dev veth1 isolated on\nbridge link set dev vnet0 isolated on\n',
    );
    expect(isolated.hooks.read('logs/qemu_start_begin_VM2_port_isolation.log')).toContain(
      '\nVM2: 2 ports isolated\n',
    );
    expect((await call('other')).hooks.read('ran')).toContain('isolated off');
    const failed = await call('VM2', { fail: '' });
    expect(failed.run).toMatchObject({
      status: 1,
      lines: [
        {
          reason:
            'exit 1: port veth1 could not be isolated: no such luck. Run `bridge link set dev veth1 isolated on` by hand to see more.',
        },
      ],
    });
    const wrong = await call('VM2', { 'conf/port_isolation.conf': '[VM2]\nisolatet = yes\n' });
    expect(wrong.run.status).toBe(1);
    expect(wrong.run.lines[0]?.reason).toMatch(
      /^exit 2: .*port_isolation.conf:2: \[VM2\] isolatet = yes: unknown key/,
    );
  });

  test('by a path relative to where one is; by hand it has its options', () => {
    expect(build('port_isolation.ts', EXAMPLES)).toMatchObject({ status: 0 });
    const file = join(REPOSITORY, 'build/dist/plugins/port_isolation');
    // Root reads no conf from a folder that others can write, and this checkout may be in one.
    const folder = safeFolder('kvmvlan-example-');
    const conf = join(folder, 'port_isolation.conf');
    copyFileSync(join(EXAMPLES, 'port_isolation.conf'), conf);
    const run = spawnSync(file, ['web1', conf, '--dry-run', '--json'], { input: XML, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual({ guest: 'web1', isolated: true, ports: 2 });
    expect(run.stderr).toContain('would run bridge link set dev veth1 isolated on\n');
    expect(spawnSync(file, ['--help'], { encoding: 'utf8' }).stdout).toContain(
      'port_isolation <guest> [conf]',
    );
  });

  test('what cannot be built is told', () => {
    const missing = build('no-such-file.ts');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('no-such-file.ts');
    expect(build("it's.ts").stderr).toContain(
      'rename it, so that its name has only letters, digits, _ and -',
    );
  });
});
