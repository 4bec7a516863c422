import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, isRoot, sh } from './hooks';

const SAY = sh('printf "<%s>" "$@"; head -c 7; echo');

/** The layout of the widespread helper: qemu.d/<guest>/<operation>/<sub-operation>, a file or a folder of files. */
describe('qemu.d/<guest>/<operation>/<sub-operation>', () => {
  test.concurrent('a file: runs with the four arguments and the XML of libvirt', async () => {
    const hooks = new Hooks({ 'qemu.d/Windows 10/prepare/begin': SAY });
    const run = await hooks.call('qemu', ['Windows 10', 'prepare', 'begin', '-']);
    expect(run).toMatchObject({ status: 0, lines: [{ script: 'begin', outcome: 'ok' }] });
    expect(hooks.read('logs/qemu_prepare_begin_Windows%2010_qemu.d.begin.log')).toContain(
      '\n<Windows 10><prepare><begin><-><domain\n',
    );
  });

  test.concurrent('a folder: its files in order, after those of the phase folder', async () => {
    const hooks = new Hooks({
      'qemu.d/VM1/release/end/20-b.sh': SAY,
      'qemu.d/VM1/release/end/10-a.py': SAY,
      'qemu.d/VM1/release/end/not-executable': 'text',
      'qemu.d/VM2/release/end/other': SAY,
      'qemu_release_end.d/99-z.sh': SAY,
    });
    mkdirSync(join(hooks.root, 'qemu.d/VM1/release/end/folder'));
    const run = await hooks.call('qemu', ['VM1', 'release', 'end', 'shutdown']);
    expect(run.status).toBe(0);
    expect(run.lines.map(({ script, outcome }) => `${script} ${outcome}`)).toEqual([
      '99-z.sh ok',
      '10-a.py ok',
      '20-b.sh ok',
      'folder skipped',
      'not-executable skipped',
    ]);
    expect(hooks.logs()).toEqual([
      'dispatch.log',
      'qemu_release_end_VM1_99-z.log',
      'qemu_release_end_VM1_qemu.d.10-a.log',
      'qemu_release_end_VM1_qemu.d.20-b.log',
    ]);
    expect(hooks.read('logs/qemu_release_end_VM1_qemu.d.20-b.log')).toContain(
      '\n<VM1><release><end><shutdown><domain\n',
    );
  });

  test.concurrent('a failure counts as everywhere else', async () => {
    const hooks = new Hooks({
      'qemu.d/VM1/start/begin/10-a': sh('exit 3'),
      'qemu.d/VM1/start/begin/20-b': sh('exit 0'),
      'qemu.d/VM1/reconnect/begin': sh('exit 3'),
    });
    expect(await hooks.call('qemu', ['VM1', 'start', 'begin', '-'])).toMatchObject({
      status: 1,
      lines: [{ outcome: 'failed' }, { outcome: 'skipped' }],
    });
    expect(await hooks.call('qemu', ['VM1', 'reconnect', 'begin', '-'])).toMatchObject({ status: 0 });
    expect(await hooks.call('qemu', ['VM2', 'start', 'begin', '-'])).toMatchObject({ status: 0, lines: [] });
  });

  test.concurrent.each([['lxc'], ['libxl'], ['network']])('%s.d as well', async (driver) => {
    const hooks = new Hooks({ [`${driver}.d/x/started/begin`]: SAY });
    expect(await hooks.call(driver, ['x', 'started', 'begin', '-'])).toMatchObject({
      lines: [{ outcome: 'ok' }],
    });
  });

  test.concurrent('args = kvmvlan gives them the two arguments of the phase folders', async () => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[begin]\nargs = kvmvlan\n',
      'qemu.d/VM1/started/begin': SAY,
    });
    await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
    expect(hooks.read('logs/qemu_started_begin_VM1_qemu.d.begin.log')).toContain(
      `\n<VM1><${hooks.root}/conf/begin.conf>`,
    );
  });

  (isRoot ? test.concurrent : test.concurrent.skip)(
    'root runs none that others could have put there',
    async () => {
      for (const open of ['qemu.d', 'qemu.d/VM1', 'qemu.d/VM1/started', 'qemu.d/VM1/started/begin']) {
        const hooks = new Hooks({ 'qemu.d/VM1/started/begin/x': SAY });
        chmodSync(join(hooks.root, open), 0o775);
        const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
        const folder = `${hooks.root}/${open}`;
        const reason = `not run: ${folder} can be written by users other than root: run \`chmod go-w ${folder}\``;
        expect(run.lines).toMatchObject([{ script: 'x', outcome: 'failed', reason }]);
      }
      const hooks = new Hooks({ 'qemu.d/VM1/started/begin': SAY });
      chownSync(join(hooks.root, 'qemu.d/VM1'), 1000, 1000);
      const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
      expect(run.lines).toMatchObject([{ script: 'begin', outcome: 'failed' }]);
    },
  );
});
