import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, isRoot, sh } from './hooks';

const FOLDER = 'qemu_stopped_end.d';
const call = ['VM1', 'stopped', 'end', '-'];
const forRoot = isRoot ? test.concurrent : test.concurrent.skip;

/** Which scripts ran, and why the others did not, by name. */
async function results(hooks: Hooks): Promise<Record<string, string>> {
  const run = await hooks.call('qemu', call);
  expect(run).toMatchObject({ status: 0, stderr: '', left: [] });
  for (const { log, status, outcome } of run.lines) {
    if (outcome === 'skipped') expect({ log, status }).toEqual({ log: null, status: null });
  }
  return Object.fromEntries(
    run.lines.map(({ script, outcome, reason }): [string, string] => [script ?? '', reason ?? outcome]),
  );
}

describe('which files are scripts', () => {
  test.concurrent('in the order of the bytes of their names', async () => {
    const names = ['9', '10', 'B', 'a', '_', 'ä', 'Z', '1.sh', '1', '1-a', 'ｱ', '😀'];
    const hooks = new Hooks(Object.fromEntries(names.map((name) => [`${FOLDER}/${name}`, sh('exit 0')])));
    const run = await hooks.call('qemu', call);
    const inOrder = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(run.lines.map(({ script }) => script)).toEqual(inOrder);
    expect(run.lines.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });

  test.concurrent('what editors and package managers leave behind is not', async () => {
    const left = [
      '.hidden',
      '.x.swp',
      'x~',
      'x.bak',
      'x.orig',
      'x.swp',
      'x.rpmnew',
      'x.rpmsave',
      'x.rpmorig',
    ];
    left.push('x;6b07e0fe', 'x.dpkg-old', 'x.dpkg-new', 'x.dpkg-dist', 'x.dpkg-tmp');
    const hooks = new Hooks(
      Object.fromEntries([...left, 'x.sh'].map((name) => [`${FOLDER}/${name}`, sh('exit 0')])),
    );
    const why = 'hidden, or left behind by an editor or package manager';
    expect(await results(hooks)).toEqual({
      ...Object.fromEntries(left.map((name) => [name, why])),
      'x.sh': 'ok',
    });
  });

  test.concurrent(
    'masked, not executable, no file: each with its reason, and nothing is changed',
    async () => {
      const hooks = new Hooks({
        [`${FOLDER}/empty`]: '',
        [`${FOLDER}/README`]: 'about',
        [`${FOLDER}/real`]: sh('exit 0'),
      });
      const path = (name: string): string => join(hooks.root, FOLDER, name);
      chmodSync(path('empty'), 0o755);
      symlinkSync('/dev/null', path('masked'));
      symlinkSync('nowhere', path('dangling'));
      symlinkSync('real', path('link'));
      linkSync(path('real'), path('hard'));
      symlinkSync('loop', path('loop'));
      mkdirSync(path('folder'));
      symlinkSync('folder', path('link-to-folder'));
      symlinkSync('/dev/zero', path('device'));
      expect(await results(hooks)).toEqual({
        README: 'not executable; run `chmod +x` to enable it',
        dangling: expect.stringMatching(/^cannot be read: ENOENT/) as string,
        device: 'not a regular file',
        empty: 'masked: empty',
        folder: 'a folder',
        hard: 'ok',
        link: 'ok',
        'link-to-folder': 'not a regular file',
        loop: expect.stringMatching(/^cannot be read: ELOOP/) as string,
        masked: 'masked: a link to /dev/null',
        real: 'ok',
      });
    },
  );

  test.concurrent('a name that is not UTF-8', async () => {
    const hooks = new Hooks({ [`${FOLDER}/plain`]: sh('exit 0') });
    const run = await hooks.call('qemu', call, {
      through: [
        '/bin/sh',
        '-c',
        `cp "$1" "${hooks.root}/${FOLDER}/$(printf 'x\\377')"; shift; exec "$@"`,
        'sh',
        join(hooks.root, FOLDER, 'plain'),
      ],
    });
    expect(run).toMatchObject({
      status: 0,
      lines: [
        { script: 'plain', outcome: 'ok' },
        { outcome: 'skipped', reason: 'its name is not UTF-8; rename it' },
      ],
    });
  });

  forRoot("an ordinary user's session runs the user's own scripts", async () => {
    const hooks = new Hooks({ [`${FOLDER}/own`]: sh('id -u; exit 0') });
    for (const path of ['', FOLDER, `${FOLDER}/own`]) chownSync(join(hooks.root, path), 1000, 1000);
    const run = await hooks.call('qemu', call, {
      through: ['/usr/bin/setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'],
    });
    expect(run).toMatchObject({ status: 0, stderr: '', left: [], lines: [{ script: 'own', outcome: 'ok' }] });
    expect(hooks.read('logs/qemu_stopped_end_VM1_own.log')).toContain('\n1000\n');
  });
});
