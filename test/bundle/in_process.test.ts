import { Hooks, installed, isRoot, sh, XML, type Run } from './hooks';

/** What nobody may be able to tell apart: a bundled plugin that runs in the dispatcher, and the same as a process. */
interface Case {
  readonly what: string;
  readonly driver?: string;
  readonly words: readonly string[];
  readonly plugin: 'vlan_filtering' | 'bridge_init';
  readonly files: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly status: number;
}

const start = ['VM2', 'start', 'begin', '-'];
const CONF = 'conf/vlan_filtering.conf';
const CASES: readonly Case[] = [
  { what: 'no conf file', words: start, plugin: 'vlan_filtering', files: {}, status: 1 },
  { what: 'an empty conf file', words: start, plugin: 'vlan_filtering', files: { [CONF]: '' }, status: 0 },
  {
    what: 'a conf file with errors',
    words: start,
    plugin: 'vlan_filtering',
    files: { [CONF]: '[veth1]\nguest = VM2\npvid = 4095\n[veth2]\nguest = *\ntaged = 1\nüber\n' },
    status: 1,
  },
  {
    what: 'a port that does not exist, and a bridge that is not there',
    words: start,
    plugin: 'vlan_filtering',
    files: { [CONF]: '[no-such-port]\nguest = VM2\npvid = 100\n[veth1]\nguest = *\npvid = 7\n' },
    status: 1,
  },
  {
    what: 'XML that is none',
    words: start,
    plugin: 'vlan_filtering',
    files: { [CONF]: '[veth1]\nguest = *\n' },
    input: '<domain><name>',
    status: 1,
  },
  {
    what: 'tools that fail',
    words: start,
    plugin: 'vlan_filtering',
    files: {
      [CONF]: '[veth1]\nguest = *\n',
      'bin/ip': sh('echo "Cannot open netlink socket" >&2; exit 255'),
      'bin/bridge': sh('echo "Cannot open netlink socket" >&2; exit 255'),
    },
    status: 1,
  },
  {
    what: 'tools that hang: out of time',
    words: start,
    plugin: 'vlan_filtering',
    files: {
      [CONF]: '[veth1]\nguest = *\n',
      'conf/dispatch.conf': '[vlan_filtering]\ntimeout = 2\n',
      'bin/ip': sh('exec sleep 1000'),
      'bin/bridge': sh('exec sleep 1000'),
    },
    status: 1,
  },
  {
    what: 'the running guest of a reconnect is none the worse',
    words: ['VM2', 'reconnect', 'begin', '-'],
    plugin: 'vlan_filtering',
    files: { [CONF]: '[no-such-port]\nguest = VM2\npvid = 100\n' },
    status: 0,
  },
  {
    what: 'a hostile name',
    words: ['$(id) \n"', 'start', 'begin', '-'],
    plugin: 'vlan_filtering',
    files: { [CONF]: '[veth1]\nguest = *\npvid = x\n' },
    status: 1,
  },
  {
    what: 'a conf file that is a folder',
    words: start,
    plugin: 'vlan_filtering',
    files: { [`${CONF}/x`]: '' },
    status: 1,
  },
  {
    what: 'a log that cannot be written',
    words: start,
    plugin: 'vlan_filtering',
    files: { [CONF]: '', 'logs/qemu_start_begin_VM2_vlan_filtering.log/x': 'a folder in its place' },
    status: 0,
  },
  {
    what: 'bridge_init, whose bridge is not there',
    driver: 'daemon',
    words: ['-', 'start', '-', 'start'],
    plugin: 'bridge_init',
    files: { 'conf/bridge_init.conf': '[no-such-br]\ntrunk-port = eth77\n' },
    status: 0,
  },
  {
    what: 'bridge_init, whose conf is wrong',
    driver: 'daemon',
    words: ['-', 'reload', 'begin', 'SIGHUP'],
    plugin: 'bridge_init',
    files: { 'conf/bridge_init.conf': '[br0]\ntrunk-prot = eth0\n' },
    status: 1,
  },
];

/** Without what differs from run to run. */
function constant(text: string, hooks: Hooks): string {
  return text
    .replaceAll(hooks.root, 'ROOT')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/in \d+ ms/g, 'in N ms');
}

/** Has the sh header of a bundle leave a file in the hooks root: it does where it is run as a process. */
function withMark(bundle: string): string {
  const marked = bundle.replace("trap 'exit 1' 0", `$&; : >"\${0%/*}/../a-process"`);
  if (marked === bundle) throw new Error('the header begins otherwise');
  return marked;
}

(isRoot ? describe : describe.skip)('in process or as a process: nobody can tell', () => {
  test.concurrent.each(CASES)('$what', async ({ driver = 'qemu', words, plugin, files, input, status }) => {
    const folder = driver === 'daemon' ? `daemon_${words[1]}.d` : `${driver}_${words[1]}_${words[2]}.d`;
    const run = async (extra: string): Promise<{ hooks: Hooks; run: Run }> => {
      const hooks = new Hooks(files);
      hooks.installPlugin(plugin, folder, extra);
      hooks.write(`${folder}/${plugin}`, withMark(hooks.read(`${folder}/${plugin}`) ?? ''));
      const env = { PATH: `${hooks.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
      return {
        hooks,
        run: await hooks.call(driver, words, { input: input ?? (driver === 'daemon' ? '' : XML), env }),
      };
    };
    const [inside, outside] = await Promise.all([run(''), run('\n')]);
    expect([inside, outside].map(({ hooks }) => hooks.exists('a-process'))).toEqual([false, true]);
    const seen = [inside, outside].map(
      ({ hooks, run: { status: ended, signal, stdout, stderr, lines, left } }) => ({
        status: ended,
        signal,
        left,
        stdout: stdout.toString(),
        stderr: constant(stderr, hooks),
        lines: lines.map((line) => ({
          ...line,
          time: '',
          ms: 0,
          reason: constant(line.reason ?? '', hooks),
          log: constant(line.log ?? '', hooks),
        })),
        logs: hooks
          .logs()
          .filter((name) => name !== 'dispatch.log')
          .map((name) => [name, constant(hooks.read(`logs/${name}`) ?? '', hooks)]),
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({ status, signal: null, stdout: '', left: [] });
    expect(seen[0]?.lines).toHaveLength(1);
  });

  test.concurrent('a plugin of the same build is run without a second node, an edited one with', async () => {
    const hooks = new Hooks({ [CONF]: '[veth1]\nguest = *\n', 'bin/bridge': '', 'bin/ip': '' });
    const nodes = async (extra: string): Promise<number> => {
      const count = sh(
        'grep -lz "HOME=$HOME" /proc/[0-9]*/environ 2>/dev/null | while read -r file; do readlink "${file%environ}exe"; done | grep -c node >"${0%/*}/count"; exit 1',
      );
      for (const tool of ['bridge', 'ip']) hooks.write(`bin/${tool}`, count);
      hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d', extra);
      await hooks.call('qemu', start, { env: { PATH: `${hooks.root}/bin:/usr/bin:/bin` } });
      return Number(hooks.read('bin/count'));
    };
    // Also where it was looked at before, and has as many bytes.
    const counts = [];
    for (const extra of ['', '', '\n', '\n', '', '//a', '//b']) counts.push(await nodes(extra));
    expect(counts).toEqual([1, 1, 2, 2, 1, 2, 2]);
  });

  test.concurrent('one that was cut off anywhere fails: no guest starts without it', async () => {
    const plugin = installed('vlan_filtering');
    const header = plugin.indexOf('\n*/\n');
    const guarded = plugin.indexOf('\n', plugin.indexOf('\n') + 1) + 1;
    const sizes = Array.from({ length: 12 }, (_, i) => guarded + Math.round(((header - guarded) * i) / 11));
    for (const size of [
      ...sizes,
      header + 3,
      header + 4,
      header + 5,
      plugin.length >> 1,
      plugin.length - 4,
    ]) {
      const hooks = new Hooks({ [CONF]: '' });
      hooks.write('qemu_start_begin.d/vlan_filtering', plugin.subarray(0, size));
      const run = await hooks.call('qemu', start);
      expect({ size, status: run.status, outcome: run.lines[0]?.outcome }).toEqual({
        size,
        status: 1,
        outcome: 'failed',
      });
    }
  });
});
