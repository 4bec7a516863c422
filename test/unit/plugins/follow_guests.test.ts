import { guestRoutes } from '../../../lib/plugins/guest_routes';
import { KnownError } from '../../../lib/model/known_error';
import type { HostIo } from '../../../lib/model/io';
import { IN_TRANSIT_FOLDER } from '../../../lib/apply/routes/run_files';
import { followGuests, type Look } from '../../../lib/plugins/follow_guests';
import { STATUS_FOLDER } from '../../../lib/system/libvirt/read_guests';
import { FakeHost } from '../fake_host/fake_host';

const UUID = '11111111-1111-4111-8111-111111111111';
const MARK = `${IN_TRANSIT_FOLDER}/${UUID}`;
const FILE = `${STATUS_FOLDER}/web.xml`;

const statusFile = (state: string, reason: string, job = ''): string =>
  `<domstatus state='${state}' reason='${reason}'>${job}<domain type='kvm'><name>web</name><uuid>${UUID}</uuid></domain></domstatus>`;
const job = (async: string, phase: string): string => `<job type='none' async='${async}' phase='${phase}'/>`;

const nothingNew: Look = {
  outcome: { status: 0, summary: '', report: { problems: [] } },
  announcements: [],
  links: new Map(),
};

/** A host on which time passes only while somebody waits, and whose files change at given times. */
function follow(changes: readonly (readonly [at: number, text: string | null])[]): {
  run: () => Promise<unknown>;
  looks: number[];
  host: FakeHost;
  io: HostIo;
} {
  const host = new FakeHost();
  const looks: number[] = [];
  let clock = 0;
  const left = [...changes];
  const io = host.io({
    now: () => clock,
    watch: () => ({
      changed: (ms) => {
        const next = left[0];
        if (next === undefined || next[0] > clock + ms) clock += ms;
        else {
          clock = Math.max(clock, next[0]);
          left.shift();
          if (next[1] === null) delete host.files[FILE];
          else host.files[FILE] = next[1];
        }
        return Promise.resolve();
      },
      close: () => undefined,
    }),
  });
  const run = (): Promise<unknown> =>
    followGuests(io, () => {
      looks.push(clock);
      return Promise.resolve(nothingNew);
    });
  return { run, looks, host, io };
}

test('without a guest that moves it looks once and ends', async () => {
  const { run, looks, host } = follow([]);
  host.files[FILE] = statusFile('running', 'booted');
  await run();
  expect(looks).toEqual([0]);
});

test('a guest that begins to run during a look, and moves no more, is looked at again', async () => {
  const { host, io } = follow([]);
  host.files[FILE] = statusFile('paused', 'migration', job('migration in', 'finish3'));
  const found: boolean[] = [];
  await followGuests(io, () => {
    found.push(host.files[FILE]?.includes("'running'") === true);
    host.files[FILE] = statusFile('running', 'migrated');
    return Promise.resolve(nothingNew);
  });
  expect(found).toEqual([false, true]);
});

test('it looks when a guest is somewhere else, not at each change of its file', async () => {
  const { run, looks, host } = follow([
    [100, statusFile('paused', 'starting up', job('migration in', 'prepare'))],
    [200, statusFile('paused', 'migration', job('migration in', 'prepare'))],
    [300, statusFile('paused', 'migration', job('migration in', 'finish3'))],
    [400, statusFile('running', 'migrated', job('migration in', 'finish3'))],
    [500, statusFile('running', 'migrated')],
  ]);
  host.files[MARK] = '';
  await run();
  // At once, when it arrives, when it runs; then every five seconds until it has been here for half a minute.
  expect(looks.slice(0, 3)).toEqual([0, 100, 400]);
  expect(looks.slice(3).every((at, place) => at - (looks[place + 2] ?? 0) >= 5_000)).toBe(true);
  expect(looks.at(-1)).toBeLessThan(40_000);
  expect(host.names(IN_TRANSIT_FOLDER)).toEqual([]);
});

test('a mark of a guest that never comes is removed after ten minutes, or it would start again at once', async () => {
  const { run, looks, host } = follow([]);
  host.files[MARK] = '';
  await run();
  expect(looks.at(-1)).toBeGreaterThanOrEqual(590_000);
  expect(host.names(IN_TRANSIT_FOLDER)).toEqual([]);
});

test('it ends when the guest has left', async () => {
  const { run, looks, host } = follow([
    [100, statusFile('paused', 'migration', job('migration out', 'perform3'))],
    [200, null],
  ]);
  host.files[FILE] = statusFile('running', 'booted', job('migration out', 'begin3'));
  await run();
  expect(looks).toEqual([0, 100, 200]);
});

test('an error is not its end while a guest moves: systemd would start it again at once', async () => {
  const { looks, host, io } = follow([]);
  const conf = '/etc/libvirt/hooks/conf/guest_routes.conf';
  host.files[conf] = null;
  host.files[MARK] = '';
  const reads = { ...io, readText: (path: string) => (path === conf && looks.push(0), io.readText(path)) };
  const call = { object: '-', hook: null, all: true, follow: true, conf, dryRun: false };
  expect(await guestRoutes(call, reads)).toMatchObject({ status: 1 });
  expect(looks.length).toBeGreaterThan(100);
  expect(host.names(IN_TRANSIT_FOLDER)).toEqual([]);
});

test('without inotify it reads the guests every now and then', async () => {
  const { looks, host, io } = follow([]);
  host.files[MARK] = '';
  let clock = 0;
  const warnings: string[] = [];
  const deaf: HostIo = {
    ...io,
    now: () => clock,
    sleep: (ms) => Promise.resolve(void (clock += ms)),
    watch: () => {
      throw new KnownError('cannot watch it', 'Do something.');
    },
    log: { ...io.log, warning: (line) => void warnings.push(line) },
  };
  await followGuests(deaf, () => Promise.resolve((looks.push(clock), nothingNew)));
  expect(warnings).toEqual(['cannot watch it. Do something. Guests are read every 250 ms instead.']);
  expect(host.names(IN_TRANSIT_FOLDER)).toEqual([]);
});
