import { Hooks, sh } from './hooks';

/** libvirt's calls, and the status of a hook whose script fails: by itself, and with on-failure = abort. */
const CONTRACT: readonly (readonly [call: string, byItself: number, abort: number])[] = [
  ['daemon - start - start', 1, 1],
  ['daemon - shutdown - shutdown', 1, 1],
  ['daemon - reload begin SIGHUP', 1, 1],
  ['qemu VM1 prepare begin -', 1, 1],
  ['qemu VM1 start begin -', 1, 1],
  ['qemu VM1 started begin -', 0, 1],
  ['qemu VM1 stopped end -', 1, 1],
  ['qemu VM1 release end crashed', 1, 1],
  ['qemu VM1 reconnect begin -', 0, 0],
  ['qemu VM1 attach begin -', 0, 1],
  ['qemu VM1 migrate begin -', 1, 1],
  ['qemu VM1 restore begin -', 1, 1],
  ['lxc VM1 prepare begin -', 1, 1],
  ['lxc VM1 start begin -', 1, 1],
  ['lxc VM1 started begin -', 0, 1],
  ['lxc VM1 stopped end -', 1, 1],
  ['lxc VM1 release end -', 1, 1],
  ['lxc VM1 reconnect begin -', 0, 0],
  ['libxl VM1 prepare begin -', 1, 1],
  ['libxl VM1 start begin -', 1, 1],
  ['libxl VM1 started begin -', 0, 1],
  ['libxl VM1 stopped end -', 1, 1],
  ['libxl VM1 release end -', 1, 1],
  ['libxl VM1 reconnect begin -', 0, 0],
  ['libxl VM1 migrate begin -', 1, 1],
  ['network lan start begin -', 1, 1],
  ['network lan started begin -', 0, 1],
  ['network lan stopped end -', 1, 1],
  ['network lan port-created begin -', 1, 1],
  ['network lan port-deleted begin -', 1, 1],
  ['network lan updated begin -', 1, 1],
  // Of a libvirt to come: never fatal.
  ['qemu VM1 teleport begin -', 0, 1],
  ['qemu VM1 reconnect later -', 0, 0],
  ['network lan renamed end -', 0, 1],
  ['daemon - freeze begin -', 0, 1],
];

describe.each(CONTRACT)('%s', (call, byItself, abort) => {
  const [driver = '', object = '', operation = '', sub = '', extra = ''] = call.split(' ');
  const folder = driver === 'daemon' ? `daemon_${operation}.d` : `${driver}_${operation}_${sub}.d`;
  const isFilter = ['migrate', 'restore'].includes(operation);
  const first = driver === 'daemon' ? operation : object;
  const words = [object, operation, sub, extra];
  const stops = ['prepare', 'start'].includes(operation) && !['daemon', 'network'].includes(driver);

  test.concurrent('nothing to run: 0, and no log', async () => {
    const hooks = new Hooks();
    const run = await hooks.call(driver, words);
    expect(run).toMatchObject({ status: 0, stdout: Buffer.alloc(0), stderr: '', lines: [] });
    expect(hooks.exists('logs')).toBe(false);
  });

  const fails = async (onFailure: string) => {
    const hooks = new Hooks({
      'conf/dispatch.conf': `[DEFAULT]\non-failure = ${onFailure}\n`,
      [`${folder}/10-say.sh`]: sh(`echo "$# <$1> <$2>"${isFilter ? ' >&2' : ''}`),
      [`${folder}/20-fail`]: sh('echo "error: on fire" >&2; exit 7'),
      [`${folder}/30-next`]: sh('exit 0'),
    });
    return { hooks, run: await hooks.call(driver, words) };
  };
  const logOf = (hooks: Hooks, script: string): string =>
    `${hooks.root}/logs/${folder.slice(0, -2)}${driver === 'daemon' ? '' : `_${object}`}_${script}.log`;

  test.concurrent('scripts that succeed and fail: status, arguments, logs, what libvirt hears', async () => {
    const { hooks, run } = await fails('phase');
    const log = logOf(hooks, '20-fail');
    expect(run).toMatchObject({
      status: byItself,
      stdout: Buffer.alloc(0),
      stderr: `kvmvlan: ${hooks.root}/${folder}/20-fail: exit 7: on fire (log: ${log})\n`,
      left: [],
    });
    const said = hooks.read(logOf(hooks, '10-say').slice(hooks.root.length + 1));
    expect(said).toContain(`\n2 <${first}> <${hooks.root}/conf/10-say.conf>\n`);
    expect(run.lines).toMatchObject([
      { script: '10-say.sh', call: [driver, ...words], outcome: 'ok', status: 0 },
      { script: '20-fail', outcome: 'failed', status: 7, reason: 'exit 7: on fire', log },
      stops
        ? { script: '30-next', outcome: 'skipped', reason: '20-fail failed before it' }
        : { script: '30-next', outcome: 'ok' },
    ]);
  });

  test.concurrent('on-failure = abort', async () => {
    const { run } = await fails('abort');
    expect(run.status).toBe(abort);
    expect(run.lines.at(-1)?.outcome).toBe(stops ? 'skipped' : 'ok');
  });

  if (byItself === 0) return;
  test.concurrent('on-failure = report', async () => {
    const { hooks, run } = await fails('report');
    expect(run.status).toBe(0);
    expect(run.stderr).toContain(`${hooks.root}/${folder}/20-fail: exit 7: on fire`);
    expect(run.lines.at(-1)).toMatchObject({ script: '30-next', outcome: 'ok' });
  });
});
