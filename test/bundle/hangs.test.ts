import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, isRoot, sh, XML } from './hooks';
import { withMounts } from './mounts';

/** Only root may mount, and FUSE is the one file system that can be told to hang. */
const canHang = isRoot && existsSync('/dev/fuse');
const whereItCan = canHang ? test.concurrent : test.concurrent.skip;

test('this machine can make a process hang in the kernel (root, /dev/fuse), else what follows is skipped', () => {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') expect(canHang).toBe(true);
});

const PHASES = [
  ['start', null],
  ['started', 0],
  ['reconnect', 0],
] as const;

const WHY =
  'the hook hung for 60 s and was killed; look for a command that hangs in the kernel: ps -eo pid,stat,wchan:30,args';

/** A hooks root with the folder `dead`, whose files hang who reads them, and what `make`, and `then`, do. Here 60 s are 6. */
function withDead(
  files: Record<string, string>,
  make = ':',
  then = ':',
): { hooks: Hooks; through: string[] } {
  const hooks = new Hooks(files);
  hooks.watchEvery(0.5);
  const server = `/usr/bin/python3 ${join(__dirname, 'dead_files.py')} "$1/dead" "$1/mounted" "$1/silent"`;
  const until = 'until [ -e "$1/mounted" ]; do sleep 0.05; done';
  const mount = `${make}; mkdir "$1/dead"; ${server} </dev/null >/dev/null 2>&1 & ${until}; ${then}`;
  return { hooks, through: withMounts(hooks.root, mount) };
}

describe.each(PHASES)('%s', (operation, status) => {
  const words = ['VM2', operation, 'begin', '-'];
  const folder = `qemu_${operation}_begin.d`;
  const ended = (hooks: Hooks) => ({
    status,
    signal: status === null ? 9 : null,
    stdout: Buffer.alloc(0),
    stderr: expect.stringContaining(`kvmvlan: ${hooks.root}/qemu: ${WHY}\n`) as string,
    hung: false,
    lines: [{ script: null, outcome: 'trouble', reason: WHY }],
  });

  whereItCan.each([
    ['before it runs', 'ln -s ../dead/bridge "$1/bin/bridge"'],
    [
      'when it runs',
      `printf '#!/bin/sh\\nexec cat "%s/dead/x"\\n' "$1" >"$1/bin/bridge"; chmod 755 "$1/bin/bridge"`,
    ],
  ])('a command of a plugin hangs in the kernel %s', async (_when, make) => {
    const conf = '[veth1]\nguest = *\n';
    const { hooks, through } = withDead({ 'conf/vlan_filtering.conf': conf, 'bin/x': '' }, make);
    hooks.installPlugin('vlan_filtering', folder);
    const env = { PATH: `${hooks.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
    const run = await hooks.call('qemu', words, { through, env });
    expect(run).toMatchObject(ended(hooks));
    expect(run.ms).toBeGreaterThan(5_000);
    hooks.clean();
  });

  // All that is looked at before a script runs.
  whereItCan.each([
    ['a script', `mkdir -p "$1/${folder}"; ln -s ../dead/x "$1/${folder}/50_nfs"`],
    ['the phase folder', `ln -s dead "$1/${folder}"`],
    ["the guest's folder", `mkdir "$1/qemu.d"; ln -s ../dead "$1/qemu.d/VM2"`],
    ['the folder of all guests', `ln -s dead "$1/qemu.d"`],
    ['dispatch.conf', `mkdir -p "$1/conf"; ln -s ../dead/x "$1/conf/dispatch.conf"`, true],
    ['the folder of conf files', `ln -s dead "$1/conf"`, true],
  ])('%s is a link to a file system that does not answer', async (_what, make, needsScript = false) => {
    const files = needsScript ? { [`${folder}/script`]: sh('exit 0') } : {};
    const { hooks, through } = withDead(files, make, 'touch "$1/silent"');
    const run = await hooks.call('qemu', words, { through, deadline: 30 });
    expect(run).toMatchObject(ended(hooks));
    hooks.clean();
  });

  whereItCan('a script hangs in the kernel before it runs', async () => {
    const { hooks, through } = withDead({ [`${folder}/script`]: '#!dead\n' });
    hooks.write(`${folder}/script`, `#!${hooks.root}/dead/interpreter\n`);
    expect(await hooks.call('qemu', words, { through })).toMatchObject(ended(hooks));
    hooks.clean();
  });

  whereItCan('somebody else has a file open whose file system does not answer any more', async () => {
    const then = 'sleep 1000 <"$1/dead/x" >/dev/null 2>&1 & sleep 0.2; touch "$1/silent"';
    const { hooks, through } = withDead({ [`${folder}/script`]: sh('sleep 1000 &') }, ':', then);
    const run = await hooks.call('qemu', words, { through, deadline: 30 });
    hooks.clean();
    expect(run).toMatchObject({ status: 0, hung: false, lines: [{ outcome: 'ok' }] });
    expect(run.lines[0]?.reason).toMatch(
      /^it left a process behind that kept its output open and was therefore terminated/,
    );
  });

  test.concurrent('node computes for ever', async () => {
    const hooks = new Hooks({ [`${folder}/script`]: sh('sleep 2') });
    hooks.watchEvery(0.5);
    const endless = '(()=>{setTimeout(()=>{for(;;);},200);';
    hooks.write('qemu', hooks.read('qemu')?.replace('(()=>{', endless) ?? '');
    const run = await hooks.call('qemu', words);
    expect(run).toMatchObject({ ...ended(hooks), left: [] });
  });

  test.concurrent(
    'what takes longer, and goes on, is not ended: a script, and an XML that is late',
    async () => {
      const hooks = new Hooks({ [`${folder}/script`]: sh('sleep 8; cat >"$LIBVIRT_HOOK_ROOT/input"') });
      hooks.watchEvery(0.5);
      const late =
        'mkfifo "$1/pipe"; { sleep 8; cat "$1/xml"; } >"$1/pipe" 2>/dev/null & exec <"$1/pipe"; shift; exec "$@"';
      hooks.write('xml', XML);
      const run = await hooks.call('qemu', words, { through: ['/bin/sh', '-c', late, 'sh', hooks.root] });
      expect(run).toMatchObject({ status: 0, stderr: '', hung: false, left: [], lines: [{ outcome: 'ok' }] });
      expect(hooks.read('input')).toBe(XML);
    },
  );
});
