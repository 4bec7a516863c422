import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, installed, isRoot } from './hooks';

/** As far as libvirt lets a guest's XML go: C1 controls, line ends out of attributes, marks that turn the text round. */
const FORGED = 'tapn: now PVID 999, right already';
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
const start = ['VM1', 'start', 'begin', '-'];

const withMetadata = (ports: string, name = 'VM1'): string =>
  `<domain type='kvm'><name>${name}</name><metadata><k:ports xmlns:k='urn:kvmvlan:ports:1'>${ports}</k:ports></metadata>` +
  `<devices><interface type='bridge'><source bridge='br0'/><target dev='tap0'/></interface></devices></domain>`;

/** With metadata allowed; once as a part of the hook, once as a process of its own. */
async function startWith(xml: string, extra: string, words: readonly string[] = start) {
  const hooks = new Hooks({ 'conf/vlan_filtering.conf': '[DEFAULT]\nmetadata = prefer\n' });
  hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d', extra);
  const run = await hooks.call('qemu', words, { input: xml });
  const [name = ''] = hooks.logs().filter((log) => log !== 'dispatch.log');
  return {
    hooks,
    run,
    log: hooks.read(`logs/${name}`) ?? '',
    size: statSync(join(hooks.root, 'logs', name)).size,
  };
}

// Without root the plugin says so first.
(isRoot ? describe : describe.skip).each([
  ['in the hook', ''],
  ['as a process', '\n'],
])('a guest with hostile metadata, vlan_filtering %s', (_how, extra) => {
  test.concurrent('no line of the log, of dispatch.log or of stderr is forged', async () => {
    const xml = withMetadata(`<k:port nic='0' pvid='x&#10;${FORGED}\u009b2J\u202e'/>`);
    const { hooks, run, log } = await startWith(xml, extra);
    expect(run.status).toBe(1);
    // A line end in an attribute is white space between words, as in a conf file.
    expect(log).toContain(`pvid = x ${FORGED}\\u009b2J\\u202e`);
    expect(run.stderr).toContain(`pvid = x ${FORGED}\\u009b2J\\u202e`);
    for (const text of [log, run.stderr, hooks.read('logs/dispatch.log') ?? '']) {
      expect(text.replaceAll('\n', '')).not.toMatch(UNSAFE);
      expect(text.split('\n').filter((line) => line.startsWith('tapn'))).toEqual([]);
    }
    expect(run.lines.at(-1)?.reason).toContain(FORGED);
  });

  test.concurrent('megabytes in one value leave room for the lines of others', async () => {
    const { hooks, run } = await startWith(
      withMetadata(`<k:port nic='0' pvid='${'9'.repeat(3_000_000)}'/>`),
      extra,
    );
    expect(run.status).toBe(1);
    expect(run.lines.at(-1)?.reason?.length).toBeLessThan(5_000);
    expect(statSync(join(hooks.root, 'logs/dispatch.log')).size).toBeLessThan(20_000);
    expect(run.stderr.length).toBeLessThan(20_000);
  });

  test.concurrent('a conf with megabytes in its values is told of in few words', async () => {
    // Each of them is wrong.
    const conf = Array.from(
      { length: 1200 },
      (_, i) => `[${i}]\nguest = VM1\nnic = 0\npvid = ${'9'.repeat(12_000)}\n`,
    );
    const hooks = new Hooks({ 'conf/vlan_filtering.conf': conf.join('') });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d', extra);
    const run = await hooks.call('qemu', start, { input: withMetadata('') });
    expect(run.status).toBe(1);
    const log = join(hooks.root, 'logs/qemu_start_begin_VM1_vlan_filtering.log');
    expect(statSync(log).size).toBeLessThan(1024 * 1024);
    expect(hooks.read('logs/qemu_start_begin_VM1_vlan_filtering.log')).toMatch(
      / vlan_filtering: failed: exit 2, in \d+ ms\n$/,
    );
    expect(run.stderr.length).toBeLessThan(20_000);
  });
});

test('kvmvlan shows names as they can be shown, and JSON that means the same', () => {
  const name = 'a\u009b2J\u202eb';
  const hooks = new Hooks({
    'bin/kvmvlan': installed('kvmvlan'),
    'conf/vlan_filtering.conf': `[${name}]\npvid = 5\n`,
    'conf/bridge_init.conf': '',
    'guest.xml': withMetadata('').replace('<name>VM1', `<name>${name}`),
  });
  const run = (...words: string[]): string => {
    const { stdout, stderr } = spawnSync(join(hooks.root, 'bin/kvmvlan'), words, { encoding: 'utf8' });
    return `${stdout}${stderr}`;
  };
  for (const words of [
    ['diagram', '--plan'],
    ['diagram', '--plan', '--svg'],
    ['diagram', '--plan', '--mermaid'],
    ['inspect', '--xml', join(hooks.root, 'guest.xml')],
    ['simulate', name, 'start', '--xml', join(hooks.root, 'guest.xml')],
    ['explain', name],
    ['status', name],
    ['log', name],
  ])
    expect(run(...words).replaceAll('\n', '')).not.toMatch(UNSAFE);
  expect(run('inspect', '--xml', join(hooks.root, 'guest.xml'))).toContain('a\\u009b2J\\u202eb');
  const json = run('inspect', '--xml', join(hooks.root, 'guest.xml'), '--json');
  expect(json.replaceAll('\n', '')).not.toMatch(UNSAFE);
  expect(JSON.parse(json)).toMatchObject({ name });
});
