import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRoot, KvmvlanHost, mounted } from './kvmvlan_host';

const XML = join(__dirname, '../fixtures/libvirt-9.0.0/qemu_start_begin.xml');
const host = new KvmvlanHost({
  'hooks/conf/vlan_filtering.conf': '[veth1]\nguest = VM2\npvid = 100\n',
  'hooks/conf/bridge_init.conf': '',
  'run/libvirt/qemu/1e3.xml': "<domstatus state='paused'><domain><name>1e3</name></domain></domstatus>",
});
const { root } = host;
const kvmvlan = (...args: readonly string[]) => host.run(...args, '--root', root);
afterAll(() => host.remove());

describe('the built kvmvlan', () => {
  mounted('inspect: a guest whose name looks like a number', () => {
    expect(kvmvlan('inspect', '1e3').stdout).toMatch(/^Name {3}1e3\n.*\nState {2}paused\n/);
  });

  test('inspect --xml --json', () => {
    const { status, stdout } = kvmvlan('inspect', '--xml', XML, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'VM2', interfaces: [{ dev: 'veth1' }, {}, {}, {}] });
  });

  test('what is no such guest is 2, with what to do', () => {
    const { status, stderr } = kvmvlan('explain', 'nobody-at-all');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^kvmvlan: there is no guest nobody-at-all\. \S/);
  });

  (isRoot ? test : test.skip)(
    'simulate: the bundled plugin runs in dry run, and ends as the hook would',
    () => {
      const { status, stdout, stderr } = kvmvlan('simulate', 'VM2', 'start', 'begin', '--xml', XML);
      expect(stderr).toBe('');
      // Whether br0 is there is this host's matter; without it the guest must not start.
      expect(stdout).toMatch(/\n {2}\| .*veth1.*\n/);
      expect(stdout).toContain(`The hook would end with status ${status}`);
      expect(status).toBe(1);
    },
  );

  test('simulate: - is the daemon, not an option', () => {
    const { status, stdout } = kvmvlan('simulate', '-', 'start', '--driver', 'daemon');
    expect(status).toBe(0);
    expect(stdout).toContain('Simulating daemon - start - start: nothing is changed\n');
  });

  test('check: the hooks are ours, of this version; exit status and JSON agree', () => {
    const { status, stdout } = kvmvlan('check', '--json');
    const report = JSON.parse(stdout) as { status: number; findings: { item: string; level: string }[] };
    expect(report.status).toBe(status);
    expect(report.findings).toContainEqual(expect.objectContaining({ item: 'hooks', level: 'ok' }));
    const items = report.findings.map(({ item }) => item);
    for (const item of ['node', 'iproute2', 'kernel', 'daemons', 'apparmor', 'selinux', 'conf', 'kvm'])
      expect(items).toContain(item);
  });

  test.each(['bash', 'zsh'])('completion %s', (shell) => {
    const { status, stdout } = kvmvlan('completion', shell);
    expect(status).toBe(0);
    const told = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
    if (told.error === undefined) expect(told).toMatchObject({ status: 0, stderr: '' });
    for (const name of ['inspect', 'explain', 'simulate', 'log', 'check']) expect(stdout).toContain(name);
  });

  test.each(['inspect', 'explain', 'simulate', 'log', 'check', 'completion'])(
    '%s --help has examples',
    (name) => {
      const { status, stdout } = kvmvlan(name, '--help');
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples:\\n.*kvmvlan ${name}`));
    },
  );

  test.each([
    [
      [],
      /^\d\d:\d\d:\d\d, Ctrl-C to end\n\nthere is no bridge gone, and no running guest of that name with a port\. /,
    ],
    [
      ['--json'],
      /^\{"format":1,"status":"error","bridges":\[\],"missing":\[\],"routed":null,"problems":\[\{"level":"error",/,
    ],
  ])('status --watch %j goes on where there is nothing to show', async (more, expected) => {
    const [file, ...args] = host.words(
      'status',
      'gone',
      '--watch',
      '--interval',
      '0.1',
      ...more,
      '--root',
      root,
    );
    const child = spawn(file, args);
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    for (const until = Date.now() + 10_000; heard.split('gone').length < 4 && Date.now() < until;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill();
    expect(heard).toMatch(expected);
    expect(heard.split('gone').length).toBeGreaterThan(3);
  });

  test('log -f goes on with what comes, across rotation', async () => {
    const log = join(root, 'logs/dispatch.log');
    const line = (guest: string): string =>
      `{"time":"2026-11-21T10:00:00.000Z","call":["qemu","${guest}","start","begin","-"],"script":"x","outcome":"ok","reason":null,"status":0,"ms":1,"log":null}\n`;
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, line('before'));
    const child = spawn(join(root, 'bin/kvmvlan'), ['log', '-f', '--root', root]);
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    const hears = async (guest: string): Promise<void> => {
      for (const until = Date.now() + 10_000; !heard.includes(guest) && Date.now() < until;)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(heard).toContain(guest);
    };
    await hears('before');
    await new Promise((resolve) => setTimeout(resolve, 500));
    appendFileSync(log, line('second'));
    await hears('second');
    renameSync(log, `${log}.1`);
    appendFileSync(log, line('rotated'));
    await hears('rotated');
    child.kill();
    expect(heard.split('\n').filter((text) => text.includes('  ok in'))).toHaveLength(3);
  });
});
