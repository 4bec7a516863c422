import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES, Hooks, isRoot, sh, XML } from './hooks';
import { withMounts } from './mounts';

const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

/** A script that notes its variables, its arguments and its input. */
const NOTE = sh(
  'env | grep -v ^_= >"$LIBVIRT_HOOK_ROOT/env.$LIBVIRT_HOOK_OPERATION"; pwd >"$LIBVIRT_HOOK_ROOT/cwd"; printf "<%s>" "$@"; cat >"$LIBVIRT_HOOK_ROOT/input"',
);

async function environment(
  driver: string,
  words: string[],
  input: string,
  env = {},
): Promise<Record<string, string>> {
  const folder = driver === 'daemon' ? `daemon_${words[1]}.d` : `${driver}_${words[1]}_${words[2]}.d`;
  const hooks = new Hooks({ [`${folder}/note.sh`]: NOTE });
  const run = await hooks.call(driver, words, { input, env });
  expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'ok' }] });
  const lines = (hooks.read(`env.${words[1]}`) ?? '').trimEnd().split('\n');
  expect(hooks.read('cwd')).toBe('/\n');
  expect(hooks.read('input')).toBe(driver === 'daemon' ? '' : input);
  // Only what is promised: nothing that our own processes say to each other.
  expect(lines.filter((line) => /^(KVMVLAN|NODE)/.test(line))).toEqual([]);
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [name = ''] = line.split('=');
      return [name, line.slice(name.length + 1).replaceAll(hooks.root, 'ROOT')];
    }),
  );
}

/** What libvirt itself gives, and what every script is told. */
const given = (driver: string, [object = '', operation = '', sub = '', extra = '']: string[]) => ({
  LC_ALL: 'C',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: 'ROOT/marker',
  PWD: '/',
  LIBVIRT_HOOK_DRIVER: driver,
  LIBVIRT_HOOK_OBJECT: object,
  LIBVIRT_HOOK_OPERATION: operation,
  LIBVIRT_HOOK_SUBOPERATION: sub,
  LIBVIRT_HOOK_EXTRA: extra,
  LIBVIRT_HOOK_ROOT: 'ROOT',
  LIBVIRT_HOOK_CONF: 'ROOT/conf/note.conf',
});

const GUEST = {
  LIBVIRT_DOMAIN_UUID: '327216e4-de65-4828-96bd-017bd6b40a16',
  LIBVIRT_NIC_COUNT: '4',
  LIBVIRT_NIC_0_MAC: '52:54:00:00:02:01',
  LIBVIRT_NIC_0_DEV: 'veth1',
  LIBVIRT_NIC_0_BRIDGE: 'br0',
  LIBVIRT_NIC_0_TYPE: 'bridge',
  LIBVIRT_NIC_0_ALIAS: 'net0',
  LIBVIRT_NIC_0_MODE: 'bridged',
  LIBVIRT_NIC_1_MAC: '52:54:00:00:02:02',
  LIBVIRT_NIC_1_DEV: 'vnet0',
  LIBVIRT_NIC_1_BRIDGE: 'br0',
  LIBVIRT_NIC_1_NETWORK: 'lan',
  LIBVIRT_NIC_1_TYPE: 'bridge',
  LIBVIRT_NIC_1_ALIAS: 'net1',
  LIBVIRT_NIC_1_MODE: 'bridged',
  LIBVIRT_NIC_2_MAC: '52:54:00:00:02:03',
  LIBVIRT_NIC_2_DEV: 'tapr0',
  LIBVIRT_NIC_2_TYPE: 'ethernet',
  LIBVIRT_NIC_2_ALIAS: 'net2',
  LIBVIRT_NIC_3_MAC: '52:54:00:00:02:04',
  LIBVIRT_NIC_3_TYPE: 'user',
  LIBVIRT_NIC_3_ALIAS: 'net3',
  LIBVIRT_DISK_COUNT: '3',
  LIBVIRT_DISK_0_DEV: 'vda',
  LIBVIRT_DISK_0_SOURCE: '/var/lib/libvirt/images/db.qcow2',
  LIBVIRT_DISK_0_FORMAT: 'qcow2',
  LIBVIRT_DISK_0_TYPE: 'file',
  LIBVIRT_DISK_1_DEV: 'vdb',
  LIBVIRT_DISK_1_SOURCE: '/var/lib/libvirt/images/db-data.img',
  LIBVIRT_DISK_1_FORMAT: 'raw',
  LIBVIRT_DISK_1_TYPE: 'file',
  LIBVIRT_DISK_2_DEV: 'hda',
  LIBVIRT_DISK_2_FORMAT: 'raw',
  LIBVIRT_DISK_2_TYPE: 'file',
};

const fixture = (name: string): string => readFileSync(join(FIXTURES, `${name}.xml`), 'utf8');

describe('the environment of a script', () => {
  test.concurrent("qemu start: the call, and what libvirt's XML says of the guest", async () => {
    const words = ['VM2', 'start', 'begin', '-'];
    expect(await environment('qemu', words, fixture('qemu_start_begin'))).toEqual({
      ...given('qemu', words),
      LIBVIRT_HOOK_LOG: 'ROOT/logs/qemu_start_begin_VM2_note.log',
      ...GUEST,
    });
  });

  test.concurrent('qemu reconnect: the same, though sh stays', async () => {
    const words = ['VM2', 'reconnect', 'begin', '-'];
    expect(await environment('qemu', words, fixture('qemu_reconnect_begin'))).toMatchObject({
      ...given('qemu', words),
      LIBVIRT_DOMAIN_UUID: GUEST.LIBVIRT_DOMAIN_UUID,
      LIBVIRT_NIC_1_DEV: 'vnet0',
    });
  });

  test.concurrent('qemu prepare: no tap yet, no variable for it', async () => {
    const words = ['VM2', 'prepare', 'begin', '-'];
    const env = await environment('qemu', words, fixture('qemu_prepare_begin'));
    expect(env).toMatchObject({
      LIBVIRT_NIC_COUNT: '4',
      LIBVIRT_NIC_1_NETWORK: 'lan',
      LIBVIRT_NIC_1_TYPE: 'network',
    });
    expect(env).not.toHaveProperty('LIBVIRT_NIC_1_DEV');
    expect(env).not.toHaveProperty('LIBVIRT_NIC_1_BRIDGE');
    expect(env.LIBVIRT_NIC_0_DEV).toBe('veth1');
  });

  const routes = (address: string): Record<string, string> => ({
    'conf/guest_routes.conf': `[tapr0]\nguest = VM2\nuplink = br0\naddress = ${address}\n`,
    'qemu_start_begin.d/note.sh': NOTE,
  });
  const startOf = (hooks: Hooks, options = {}) =>
    hooks.call('qemu', ['VM2', 'start', 'begin', '-'], { input: fixture('qemu_start_begin'), ...options });

  test.concurrent('qemu start: a routed interface, as guest_routes.conf says', async () => {
    const hooks = new Hooks(routes('203.0.113.20 2001:db8::20'));
    expect(await startOf(hooks)).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok' }] });
    const env = hooks.read('env.start') ?? '';
    expect(env).toContain('\nLIBVIRT_NIC_2_MODE=routed\n');
    expect(env).toContain('\nLIBVIRT_NIC_2_ADDRESSES=203.0.113.20 2001:db8::20\n');
    expect(env).not.toContain('LIBVIRT_MIGRATION');
  });

  test.concurrent('an error in guest_routes.conf stops no script, and is reported once', async () => {
    const hooks = new Hooks({ ...routes('203.0.113.256'), 'qemu_start_begin.d/other.sh': NOTE });
    const { status, lines } = await startOf(hooks);
    expect([status, ...lines.map(({ script, outcome }) => `${script} ${outcome}`)]).toEqual([
      0,
      'null trouble',
      'note.sh ok',
      'other.sh ok',
    ]);
    expect(lines[0]?.reason).toContain('conf/guest_routes.conf:4');
    expect(hooks.read('env.start')).not.toContain('LIBVIRT_NIC_2_MODE');
  });

  forRoot('a guest that arrives from another host', async () => {
    const hooks = new Hooks(routes('203.0.113.20'));
    const folder = '/run/kvmvlan/in-transit';
    const mark = `mkdir -p /run/kvmvlan; mount -t tmpfs none /run/kvmvlan; mkdir ${folder}; : >${folder}/${GUEST.LIBVIRT_DOMAIN_UUID}`;
    const run = await startOf(hooks, { through: withMounts(hooks.root, mark) });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(hooks.read('env.start')).toContain('\nLIBVIRT_MIGRATION=arriving\n');
  });

  test.concurrent('network: the call alone', async () => {
    const words = ['lan', 'port-created', 'begin', '-'];
    expect(await environment('network', words, fixture('network_port-created_begin'))).toEqual({
      ...given('network', words),
      LIBVIRT_HOOK_LOG: 'ROOT/logs/network_port-created_begin_lan_note.log',
    });
  });

  test.concurrent('daemon: the call alone, and nothing to read', async () => {
    const words = ['-', 'reload', 'begin', 'SIGHUP'];
    expect(await environment('daemon', words, '')).toEqual({
      ...given('daemon', words),
      LIBVIRT_HOOK_LOG: 'ROOT/logs/daemon_reload_note.log',
    });
  });

  test.concurrent.each([
    ['half an XML', fixture('qemu_start_begin').slice(0, 900)],
    ['no XML', 'name: VM1\n'],
    ['another XML', '<network><name>lan</name></network>'],
  ])('%s on standard input: no variables for it, and the script runs', async (_what, input) => {
    const words = ['VM1', 'release', 'end', 'from snapshot'];
    expect(await environment('qemu', words, input)).toEqual({
      ...given('qemu', words),
      LIBVIRT_HOOK_LOG: 'ROOT/logs/qemu_release_end_VM1_note.log',
    });
  });

  test.concurrent(
    'a guest with ten thousand disks, and one endless value: not all of it, but the script runs',
    async () => {
      const disk = "<disk type='file'><source file='/images/a'/><target dev='vda'/></disk>";
      const xml = `<domain><devices>${disk.repeat(10_000)}<interface type='${'x'.repeat(200_000)}'/></devices></domain>`;
      const env = await environment('qemu', ['VM1', 'started', 'begin', '-'], xml);
      expect(env).toMatchObject({
        LIBVIRT_DISK_COUNT: '10000',
        LIBVIRT_NIC_COUNT: '1',
        LIBVIRT_DISK_999_DEV: 'vda',
      });
      expect(env).not.toHaveProperty('LIBVIRT_NIC_0_TYPE');
    },
  );

  test.concurrent('NODE_OPTIONS of who calls us does not reach us', async () => {
    const env = await environment('qemu', ['VM1', 'started', 'begin', '-'], fixture('qemu_start_begin'), {
      NODE_OPTIONS: '--require=/no/such/file',
    });
    expect(env).not.toHaveProperty('NODE_OPTIONS');
  });
});

describe('the input of scripts', () => {
  test.concurrent('each gets its own copy, however much the one before has read', async () => {
    const input = `<domain>${'<!-- 0123456789 -->'.repeat(60_000)}</domain>`;
    const copy = (name: string) => sh(`cat >"$LIBVIRT_HOOK_ROOT/${name}"`);
    const hooks = new Hooks({
      'qemu_stopped_end.d/10-all': copy('first'),
      'qemu_stopped_end.d/20-some': sh('head -c 10 >/dev/null; exec <&-'),
      'qemu_stopped_end.d/30-none': sh('exit 0'),
      'qemu_stopped_end.d/40-all': copy('last'),
    });
    expect(await hooks.call('qemu', ['VM1', 'stopped', 'end', '-'], { input })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(hooks.read('first') === input && hooks.read('last') === input).toBe(true);
  });

  const WITHOUT = "the guest's XML is not on standard input, which is empty, closed or a terminal.";
  const missing = {
    outcome: 'trouble',
    script: null,
    reason: `${WITHOUT} To call the hook manually, put \`virsh dumpxml GUEST |\` before the command.`,
  };

  test.concurrent.each([
    ['closed', 'exec <&-; exec "$@"'],
    ['empty', 'exec "$@" </dev/null'],
    ['an empty file', 'exec "$@" <"$0"'],
  ])('it is %s: reported; scripts that clean up run, and a guest that runs is not killed', async (_, how) => {
    for (const phase of ['stopped_end', 'started_begin', 'reconnect_begin']) {
      const hooks = new Hooks({ [`qemu_${phase}.d/read`]: sh('wc -c'), empty: '' });
      const [operation = '', sub = ''] = phase.split('_');
      const run = await hooks.call('qemu', ['VM1', operation, sub, '-'], {
        through: ['/bin/sh', '-c', how, join(hooks.root, 'empty')],
      });
      expect(run).toMatchObject({
        status: 0,
        stderr: `kvmvlan: ${missing.reason}\n`,
        lines: [missing, { outcome: 'ok' }],
      });
      expect(hooks.read(`logs/qemu_${phase}_VM1_read.log`)).toContain('\n0\n');
    }
  });

  test.concurrent('it is empty where libvirt can still abort: nothing runs, and the hook fails', async () => {
    for (const operation of ['prepare', 'start', 'migrate', 'restore']) {
      const hooks = new Hooks({ [`qemu_${operation}_begin.d/x`]: sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
      const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], { input: '' });
      expect(run).toMatchObject({ status: 1, stderr: `kvmvlan: ${missing.reason}\n`, lines: [missing] });
      expect(hooks.exists('ran')).toBe(false);
    }
    const network = new Hooks({ 'network_start_begin.d/x': sh('exit 0') });
    const run = await network.call('network', ['lan', 'start', 'begin', '-'], { input: '' });
    expect(run).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok' }] });
  });

  test.concurrent('it has no end that any XML could have: an error in a line, no bug of ours', async () => {
    for (const [operation, status] of [
      ['start', 1],
      ['reconnect', 0],
    ] as const) {
      const hooks = new Hooks({ [`qemu_${operation}_begin.d/x`]: sh('exit 0') });
      const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], {
        through: ['/bin/sh', '-c', 'head -c 50000000 /dev/zero | "$@"', 'sh'],
      });
      const reason = 'standard input has more than 32 MiB, but libvirt never sends so much. ';
      expect(run).toMatchObject({ status, lines: [{ outcome: 'trouble' }] });
      expect(run.lines[0]?.reason).toMatch(
        new RegExp(`^${reason}Find out what calls the hook. To call it manually, `),
      );
      expect(run.stderr.split('\n')).toHaveLength(2);
    }
  });

  // `cat` reads the hook's input in the script; /dev/fd is a link that some containers lack.
  forRoot.each(['start', 'started', 'reconnect'])(
    '%s: where there is no /dev/fd it comes all the same',
    async (operation) => {
      const folder = `qemu_${operation}_begin.d`;
      const hooks = new Hooks({ [`${folder}/read`]: sh('cat >"$LIBVIRT_HOOK_ROOT/input"') });
      const bare = 'mount -t tmpfs none /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9';
      const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], {
        through: withMounts(hooks.root, bare),
      });
      expect(run).toMatchObject({ status: 0, stderr: '', left: [], lines: [{ outcome: 'ok' }] });
      expect(hooks.read('input')).toBe(XML);
    },
  );

  test.concurrent('args = libvirt: four arguments, as libvirt calls hooks', async () => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[words]\nargs = libvirt\n',
      'qemu_release_end.d/words.sh': sh('printf "<%s>" "$@"'),
    });
    await hooks.call('qemu', ['VM 1', 'release', 'end', 'from snapshot']);
    expect(hooks.read('logs/qemu_release_end_VM%201_words.log')).toContain(
      '\n<VM 1><release><end><from snapshot>\n',
    );
  });
});
