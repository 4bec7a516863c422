import type { HostIo } from '../../../lib/model/io';
import { KnownError } from '../../../lib/model/known_error';
import type { PluginCall, PluginOutcome } from '../../../lib/plugins/plugin';
import { runForAll } from '../../../lib/plugins/run_for_all';
import type { PortReport } from '../../../lib/plugins/report_ports';
import { FakeHost, FREE, type HostSetup } from '../fake_host/fake_host';
import { failed, succeeded } from '../fake_host/exec_results';

const byHand: PluginCall = {
  object: '-',
  hook: null,
  conf: '/hooks/conf/vlan_filtering.conf',
  all: true,
  dryRun: false,
};
const port = (guest: string, dev: string, found: string, ...commands: string[]): PortReport => ({
  ...{ guest, port: dev, bridge: 'br0', nic: 0, mac: null, alias: null, wantedBy: 'x' },
  ...{ found, wanted: 'PVID 5', commands, now: 'PVID 5', problem: null },
});

interface Told {
  readonly host: FakeHost;
  readonly io: HostIo;
  /** What was logged, and which commands were run. */
  readonly told: string[];
}

/**
 * A host on which every command fails.
 * @param stampAt what the status files look like at a moment
 * @param files texts by path
 */
function hostOf(stampAt: (host: FakeHost) => string, files: HostSetup['files'] = {}): Told {
  const host = new FakeHost({ files });
  const told: string[] = [];
  host.replace = (command) => {
    told.push(command);
    return failed({ kind: 'exit', status: 3 });
  };
  const log = {
    info: (line: string) => void told.push(line),
    warning: (line: string) => void told.push(`warning: ${line}`),
    error: (line: string) => void told.push(`error: ${line}`),
  };
  return { host, told, io: host.io({ log, lock: FREE, folderStamp: () => stampAt(host) }) };
}

/** Looks that come to these ports, one after the other, the last again and again. */
function looks(...rounds: PortReport[][]): { look: () => Promise<PluginOutcome>; count: () => number } {
  let at = 0;
  return {
    count: () => at,
    look: () => {
      const ports = rounds[Math.min(at++, rounds.length - 1)] ?? [];
      const report = { status: 0, ports, problems: [], ms: 7 };
      return Promise.resolve({ status: 0 as const, summary: 'done', report });
    },
  };
}

test('by hand: once where nothing changes, five times where all changes; no time is lost', async () => {
  const still = looks([]);
  const quiet = hostOf(() => 'same');
  await runForAll(byHand, quiet.io, still.look);
  expect(still.count()).toBe(1);
  let stamp = 0;
  const restless = looks([]);
  const busy = hostOf(() => String(stamp++));
  await runForAll(byHand, busy.io, restless.look);
  expect(restless.count()).toBe(5);
  expect([quiet.host.clock, busy.host.clock]).toEqual([0, 0]);
});

test('the outcome is that of all rounds: what the first found, all commands, what is true after the last', async () => {
  const rounds = looks(
    [
      port('a', 'vnet0', 'PVID 1', 'add 5', 'del 1'),
      port('b', 'vnet1', 'PVID 5'),
      port('c', 'vnet2', 'PVID 1', 'x'),
    ],
    [port('a', 'vnet0', 'PVID 5'), port('d', 'vnet3', 'PVID 1', 'add 5')],
  );
  let stamp = 0;
  const { report, status } = await runForAll(
    byHand,
    hostOf(() => (stamp < 4 ? String(stamp++) : 'same')).io,
    rounds.look,
  );
  expect(rounds.count()).toBe(3);
  expect({ status, report }).toMatchObject({ status: 0, report: { status: 0, problems: [], ms: 21 } });
  const { ports } = report as { ports: PortReport[] };
  expect(ports.map(({ port: dev, found, commands }) => [dev, found, commands])).toEqual([
    ['vnet0', 'PVID 1', ['add 5', 'del 1']],
    // Gone since, but changed.
    ['vnet2', 'PVID 1', ['x']],
    ['vnet3', 'PVID 1', ['add 5', 'add 5']],
  ]);
});

test('settle: looks again after each change, at most four times a second, until all has been quiet', async () => {
  const rounds = looks([]);
  // Changes all the time for 2 s, and once more 0.4 s later.
  const busy = hostOf(({ clock }) => (clock < 2_000 ? String(clock) : clock < 2_400 ? 'a' : 'b'));
  await runForAll({ ...byHand, settle: 0.5 }, busy.io, rounds.look);
  expect(rounds.count()).toBe(10);
  expect(busy.host.clock).toBe(3_000);
});

test('settle: a guest that never rests does not keep the process for ever', async () => {
  const rounds = looks([]);
  const busy = hostOf(({ clock }) => String(clock));
  await runForAll({ ...byHand, settle: 0.5 }, busy.io, rounds.look);
  expect(busy.host.clock).toBe(60_000);
});

test('a later round is told of only where it has news', async () => {
  const rounds = looks([], [port('a', 'vnet0', 'PVID 1', 'add 5')], []);
  const busy = hostOf(({ clock }) => String(Math.min(clock, 1_000)));
  await runForAll({ ...byHand, settle: 0.5 }, busy.io, (_isMeant, io) => {
    io.log.info(`round ${rounds.count()}`);
    return rounds.look();
  });
  expect(rounds.count()).toBe(5);
  expect(busy.told).toEqual(['round 0', 'round 1']);
});

test('settle: an error is the outcome of its round; what changes later is looked at', async () => {
  let round = 0;
  const busy = hostOf(({ clock }) => String(Math.min(clock, 250)));
  const outcome = await runForAll({ ...byHand, settle: 0.5 }, busy.io, () => {
    if (round++ === 0) throw new KnownError('another run holds the lock', 'Look who it is.');
    return looks([port('a', 'vnet0', 'PVID 1', 'add 5')]).look();
  });
  expect(round).toBe(2);
  expect(busy.told).toEqual(['warning: another run holds the lock. Look who it is.']);
  expect(outcome).toMatchObject({ status: 0, report: { ports: [{ port: 'vnet0' }] } });
});

describe('dispatch.conf', () => {
  const conf = (text: string) => hostOf(() => '', { '/hooks/conf/dispatch.conf': text });

  test('enabled = no: nothing is looked at, and it says so', async () => {
    const rounds = looks([]);
    const disabled = conf('[vlan_filtering]\nenabled = no\n');
    const outcome = await runForAll(byHand, disabled.io, rounds.look);
    const summary = 'nothing to do: /hooks/conf/dispatch.conf disables vlan_filtering';
    expect(outcome).toMatchObject({ status: 0, summary, report: { ports: [], problems: [] } });
    expect(disabled.told).toEqual([summary]);
    expect(rounds.count()).toBe(0);
  });

  test('an error: nothing is looked at, and it fails', async () => {
    const rounds = looks([]);
    const outcome = await runForAll(byHand, conf('[vlan_filtering]\nenabled = noo\n').io, rounds.look);
    expect(outcome.status).toBe(2);
    expect(outcome.summary).toMatch(/^no port was set: \/hooks\/conf\/dispatch\.conf:2: \[vlan_filtering\]/);
    expect(rounds.count()).toBe(0);
  });

  test('guests', async () => {
    const asked: boolean[] = [];
    await runForAll(byHand, conf('[vlan_filtering]\nguests = web*\n').io, (isMeant) => {
      asked.push(isMeant('web1'), isMeant('db1'));
      return looks([]).look();
    });
    expect(asked).toEqual([true, false]);
  });
});

describe('the start of the daemon', () => {
  const start: PluginCall = {
    ...byHand,
    all: false,
    hook: { driver: 'daemon', object: '-', operation: 'start', suboperation: '-', extra: 'start' },
  };
  const running = { '/run/libvirt/qemu/VM1.xml': '' };

  test('without the path unit a process stays for the guests that libvirt reconnects to', async () => {
    const without = hostOf(() => '', running);
    await runForAll(start, without.io, looks([]).look);
    expect(without.told).toEqual([
      'systemctl --quiet is-active kvmvlan.path',
      expect.stringMatching(
        /^sh -c setsid .* & sh \/hooks\/daemon_start\.d\/vlan_filtering --all --settle 60$/,
      ),
    ]);
  });

  test('with it, with no guest, in another phase, in a dry run none does', async () => {
    const withUnit = hostOf(() => '', running);
    const exec: HostIo['exec'] = () => Promise.resolve(succeeded());
    await runForAll(start, { ...withUnit.io, exec }, looks([]).look);
    const noGuest = hostOf(() => '');
    await runForAll(start, noGuest.io, looks([]).look);
    const reload = hostOf(() => '', running);
    const hook = {
      driver: 'daemon',
      object: '-',
      operation: 'reload',
      suboperation: 'begin',
      extra: 'SIGHUP',
    };
    await runForAll({ ...start, hook }, reload.io, looks([]).look);
    await runForAll({ ...start, dryRun: true }, reload.io, looks([]).look);
    expect([...withUnit.told, ...noGuest.told, ...reload.told]).toEqual([]);
  });
});
