import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { statusFile } from '../unit/model/guest/fixtures';
import { BOMBS, guestWith } from '../unit/model/guest/hostile_xml';
import { Hooks, type Run } from './hooks';
import { KvmvlanHost, mounted } from './kvmvlan_host';

const LENGTH = 1_000_000;
const CHOSEN = [
  'attributes that are not known',
  'long names of attributes',
  'ports for nobody, and others for the same',
  'ranges again and again',
  'a VID without end',
  'entities of a document type that is gone',
  'namespaces of many names',
];
const bomb = (name: string, length: number): string => guestWith(BOMBS[name]?.(length) ?? name, true);

describe('a hook that is given one megabyte of metadata', () => {
  const hooks = new Hooks({ 'conf/vlan_filtering.conf': '[other]\nguest = other\n' });
  hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
  const start = async (input: string): Promise<Run> => {
    const runs = [await hooks.call('qemu', ['BOMB', 'start', 'begin', '-'], { input })];
    // The better of two: others are at work on this machine as well.
    runs.push(await hooks.call('qemu', ['BOMB', 'start', 'begin', '-'], { input }));
    return runs.reduce((best, run) => (run.cpuMs < best.cpuMs ? run : best));
  };
  let usual: Run;
  beforeAll(async () => {
    usual = await start(guestWith('', true));
    expect([usual.status, usual.stderr]).toEqual([0, '']);
  });

  test.each(CHOSEN)(
    'refuses it in less than a second, in little memory, with little to say: %s',
    async (name) => {
      const run = await start(bomb(name, LENGTH));
      expect(run.status).toBe(1);
      expect(run.stderr).toMatch(
        /metadata of guest BOMB:1: \[<ports>\]: (the element is longer|it has more) than \d+ (characters|elements)/,
      );
      expect(run.stderr.length).toBeLessThan(1000);
      expect(run.cpuMs - usual.cpuMs).toBeLessThan(1000);
      expect(run.peakKb - usual.peakKb).toBeLessThan(64 * 1024);
    },
  );

  test.each(CHOSEN)('and so it does with as much as it reads: %s', async (name) => {
    const run = await start(bomb(name, 60_000));
    expect(run.cpuMs - usual.cpuMs).toBeLessThan(1000);
    expect(run.peakKb - usual.peakKb).toBeLessThan(64 * 1024);
  });

  test('its logs stay small', () => {
    const folder = join(hooks.root, 'logs');
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(300_000);
  });
});

describe('one guest with such metadata among others', () => {
  const good = guestWith('', true).replaceAll('BOMB', 'GOOD').replaceAll('vnet0', 'vnet1');
  const host = new KvmvlanHost({
    'hooks/conf/vlan_filtering.conf': '[s]\nguest = GOOD\nnic = 0\npvid = 5\n',
    'hooks/conf/bridge_init.conf': '',
    'run/libvirt/qemu/BOMB.xml': statusFile(bomb('attributes that are not known', LENGTH)),
    'run/libvirt/qemu/GOOD.xml': statusFile(good),
    'run/libvirt/qemu/LONG.xml': statusFile(bomb('empty elements', 9_000_000)),
    'run/libvirt/qemu/NONE.xml': '<domstatus',
  });
  afterAll(() => host.remove());

  mounted('does not keep kvmvlan status from telling of the others', () => {
    const began = Date.now();
    const { stdout } = host.run('status', '--json', '--root', host.root);
    expect(Date.now() - began).toBeLessThan(5000);
    const { problems, missing } = JSON.parse(stdout) as {
      problems: { message: string }[];
      missing: { name: string; guest: string }[];
    };
    // Its port is in no bridge of this machine: it was found, and its section too.
    expect(missing).toMatchObject([{ guest: 'GOOD' }]);
    const messages = problems.map(({ message }) => message);
    expect(messages.find((text) => text.includes('metadata of guest BOMB'))).toMatch(
      /longer than 65536 characters/,
    );
    expect(messages.find((text) => text.includes('LONG.xml'))).toMatch(/longer than 8388608 characters/);
    expect(messages.find((text) => text.includes('NONE.xml'))).toMatch(/not well-formed: line 1/);
    expect(stdout.length).toBeLessThan(20_000);
  });
});
