import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Hooks, sh } from './hooks';

const FOLDER = 'qemu_start_begin.d';
/** Whatever is asked of them there are no ports. */
const TOOLS = { 'bin/bridge': sh('echo "[]"'), 'bin/ip': sh('echo "[]"') };

function byHand(words: readonly string[], files: Record<string, string> = {}) {
  const hooks = new Hooks({ ...TOOLS, 'conf/vlan_filtering.conf': '[tap0]\nguest = -odd\n', ...files });
  hooks.installPlugin('vlan_filtering', FOLDER);
  return spawnSync(join(hooks.root, FOLDER, 'vlan_filtering'), words, {
    encoding: 'utf8',
    env: { PATH: `${hooks.root}/bin:/usr/bin:/bin` },
  });
}

describe('by hand', () => {
  test('a guest whose name begins with a dash', () => {
    const { stdout } = byHand(['--dry-run', '--json', '--', '-odd']);
    expect(JSON.parse(stdout)).toMatchObject({ ports: [{ guest: '-odd', port: 'tap0' }] });
  });

  test('an option that is said twice', () => {
    const { stdout } = byHand(['--dry-run', '--json', '--json', 'VM1']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 0, ports: [] });
  });

  test.each([
    [
      ['--bogus', 'VM1'],
      'vlan_filtering: Unknown argument: bogus.\n`vlan_filtering --help` describes the usage.\n',
    ],
    [
      ['--no-dry-run', 'VM1'],
      'vlan_filtering: Unknown argument: no-dry-run.\n`vlan_filtering --help` describes the usage.\n',
    ],
    [[], 'vlan_filtering: name one guest or use --all; `vlan_filtering --help` describes the usage.\n'],
  ])('%j is an error in a line', (words, stderr) => {
    expect(byHand(words)).toMatchObject({ status: 2, stdout: '', stderr });
  });
});

describe("with libvirt's own four arguments, as dispatch.conf may say", () => {
  test.each(['', '\n// not the bundled one any more'])('%j', async (extra) => {
    const hooks = new Hooks({
      ...TOOLS,
      'conf/dispatch.conf': '[DEFAULT]\nargs = libvirt\n',
      'conf/vlan_filtering.conf': '[tap0]\nguest = nobody\n',
      'conf/bridge_init.conf': '# nothing\n',
    });
    hooks.installPlugin('vlan_filtering', FOLDER, extra);
    hooks.installPlugin('bridge_init', 'daemon_start.d', extra);
    const env = { PATH: `${hooks.root}/bin:/usr/bin:/bin` };
    const started = await hooks.call('qemu', ['VM2', 'start', 'begin', '-'], { env });
    expect(started).toMatchObject({ status: 0, stderr: '' });
    const daemon = await hooks.call('daemon', ['-', 'start', '-', 'start'], { env });
    expect(daemon).toMatchObject({ status: 0, stderr: '' });
    expect(hooks.read('logs/qemu_start_begin_VM2_vlan_filtering.log')).toContain('no port of guest VM2');
    expect(hooks.read('logs/daemon_start_bridge_init.log')).toContain('has no section');
  });
});
