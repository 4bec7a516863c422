import { Hooks, sh } from './hooks';

const GIVEN = '<domain><name>VM1</name></domain>';
/** Renames the guest, by sed, to `<old name>+<what>`. */
const add = (what: string): string => sh(`sed 's/<.name>/+${what}&/'`);

const OPERATIONS = [['migrate'], ['restore']];

describe.each(OPERATIONS)('%s: the scripts filter the XML', (operation) => {
  const folder = `qemu_${operation}_begin.d`;
  const filter = async (scripts: Record<string, string>, input = GIVEN, conf = '') => {
    const files = Object.entries(scripts).map(([name, text]): [string, string] => [
      `${folder}/${name}`,
      text,
    ]);
    const hooks = new Hooks({ ...Object.fromEntries(files), 'conf/dispatch.conf': conf });
    const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-'], { input });
    return { ...run, hooks, xml: run.stdout.toString() };
  };

  test.concurrent('one after the other, each gets what the one before has made of it', async () => {
    const run = await filter({
      '10-a': add('a'),
      '20-b': add('b'),
      '30-look': sh('grep -q "VM1+a+b"'),
      '40-c': add('c'),
    });
    expect(run).toMatchObject({ status: 0, stderr: '', left: [] });
    expect(run.xml).toBe('<domain><name>VM1+a+b+c</name></domain>');
  });

  test.concurrent.each([
    ['who says nothing', sh('exit 0')],
    ['who writes white space only', sh('printf " \\n\\t\\n"')],
    ['who passes on what it got', sh('cat')],
  ])('%s leaves it unchanged: libvirt gets nothing', async (_what, script) => {
    const run = await filter({ '10-x': script, '20-say': sh('echo "just a message" >&2') });
    expect(run).toMatchObject({ status: 0, xml: '', stderr: '' });
    expect(run.hooks.read(`logs/qemu_${operation}_begin_VM1_20-say.log`)).toContain('\njust a message\n');
  });

  test.concurrent(
    'the XML of one that fails is discarded, the others still run, libvirt aborts and gets none',
    async () => {
      const run = await filter({
        '10-a': add('a'),
        '20-fail': sh('echo "<domain><name>evil</name></domain>"; exit 1'),
        '30-look': sh('tee "$LIBVIRT_HOOK_ROOT/seen"'),
      });
      expect(run).toMatchObject({
        status: 1,
        xml: '',
        lines: [{ outcome: 'ok' }, { outcome: 'failed' }, { outcome: 'ok' }],
      });
      expect(run.hooks.read('seen')).toBe('<domain><name>VM1+a</name></domain>');
    },
  );

  test.concurrent.each(['', '\n'])(
    'a plugin of ours, as built or edited, says nothing in its place (%j)',
    async (extra) => {
      const hooks = new Hooks({ 'conf/vlan_filtering.conf': '[veth0]\nguest = VM1\n' });
      hooks.installPlugin('vlan_filtering', folder, extra);
      const run = await hooks.call('qemu', ['VM1', operation, 'begin', '-']);
      expect(run.stdout.toString()).toBe('');
      expect(run).toMatchObject({ status: 0, stderr: '', lines: [{ outcome: 'ok' }] });
      // It did speak.
      const log = hooks.read(`logs/qemu_${operation}_begin_VM1_vlan_filtering.log`) ?? '';
      expect(log.split('\n').length).toBeGreaterThan(3);
    },
  );

  test.concurrent('on-failure = report: the XML of the others gets through', async () => {
    const run = await filter(
      { '10-a': add('a'), '20-fail': sh('echo "<domain/>"; exit 1') },
      GIVEN,
      '[20-fail]\non-failure = report\n',
    );
    expect(run).toMatchObject({ status: 0, xml: '<domain><name>VM1+a</name></domain>' });
    expect(run.stderr).toContain('20-fail: exit 1 ');
  });

  test.concurrent.each([
    ['half', sh('head -c 20'), /its output is discarded: the domain XML is not well-formed/],
    ['words', sh('echo "all is well"'), /its output is discarded: the domain XML is not well-formed/],
    ['something else', sh('echo "<network/>"'), /its output is discarded: the XML has no <domain>/],
    [
      'more behind its end',
      sh('cat; echo "<more/>"'),
      /its output is discarded: the domain XML is not well-formed/,
    ],
    ['a gigabyte', sh('head -c 1073741824 /dev/zero'), /it wrote 1073741824 bytes of XML/],
  ])('%s is no XML of a guest: discarded, and the phase fails', async (_what, script, reason) => {
    const run = await filter({ '10-bad': script, '20-a': add('a') });
    expect(run).toMatchObject({ status: 1, xml: '', left: [] });
    expect(run.lines).toMatchObject([
      { outcome: 'failed', reason: expect.stringMatching(reason) as string },
      { outcome: 'ok' },
    ]);
    expect(run.peakKb).toBeLessThan(150 * 1024);
  });

  test.concurrent('4 MB, as much as libvirt takes, get through whole', async () => {
    const input = `<domain><name>VM1</name><!--${'x'.repeat(4 * 1024 * 1024)}--></domain>`;
    const run = await filter({ '10-a': add('a') }, input);
    expect(run.status).toBe(0);
    expect(run.xml === input.replace('VM1', 'VM1+a')).toBe(true);
    expect(run.peakKb).toBeLessThan(150 * 1024);
  });
});

test.concurrent('who reads the XML has gone: no XML is half passed on, the hook ends', async () => {
  const hooks = new Hooks({ 'qemu_migrate_begin.d/10-a': add('a') });
  const input = `<domain><name>VM1</name><!--${'x'.repeat(1024 * 1024)}--></domain>`;
  const run = await hooks.call('qemu', ['VM1', 'migrate', 'begin', '-'], { input, unread: ['stdout'] });
  expect(run).toMatchObject({ status: 1, hung: false });
  expect(run.stderr).toContain('cannot write the XML to libvirt: EPIPE');
});
