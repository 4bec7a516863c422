import { rollBack } from '../../../../lib/apply/rollback/roll_back';
import { formatPending, parsePending, type Pending } from '../../../../lib/apply/rollback/pending';
import {
  BOOT_ID_FILE,
  MOTD_FILE,
  PENDING_FILE,
  REJECTED_FILE,
} from '../../../../lib/apply/rollback/state_files';
import { apply } from '../../../../lib/cli/apply/apply';
import { confirm } from '../../../../lib/cli/confirm/confirm';
import { retry } from '../../../../lib/cli/undo/retry';
import { undo } from '../../../../lib/cli/undo/undo';
import type { Bridge, BridgePort } from '../../../../lib/model/host/host';
import { KnownError } from '../../../../lib/model/known_error';
import { portVlans } from '../../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../../lib/model/vlan/vid';
import { FakeHost, FREE } from '../../fake_host/fake_host';
import { bridgePort } from '../../model/host/host_parts';
import { Refused } from '../../fake_host/refused';
import { runCommand } from '../run_command';

const PORTS = ['a', 'eth0', 'veth1', 'z'];
const CONF = '/etc/libvirt/hooks/conf/bridge_init.conf';

function switchIn(pvid: number, filtering = true): { bridges: Bridge[]; ports: BridgePort[] } {
  const vlans = portVlans({ pvid: pvid as Vid });
  const bridge = { name: 'br0', filtering, protocol: '802.1Q' as const, defaultPvid: null, vlans };
  return { bridges: [bridge], ports: PORTS.map((name) => bridgePort(name, vlans)) };
}

/** A host that a change has brought from VLAN 1 to VLAN 999, and what was kept of it. */
function changed(filtering = true): { host: FakeHost; saved: Pending } {
  const { bridges, ports } = switchIn(1);
  // As it is read back: with all flags.
  const flags = new FakeHost({ bridges, ports }).kernel.ports()[0]?.flags ?? {};
  const touched = {
    bridges: new Map(bridges.map((bridge) => [bridge.name, bridge])),
    ports: new Map(ports.map((port) => [port.name, { ...port, flags }])),
    uplinks: ['eth0'],
  };
  const saved: Pending = {
    id: '7',
    bootId: 'this',
    until: Date.now() + 60_000,
    root: '/etc/libvirt/hooks',
    files: [{ name: 'bridge_init', path: CONF, was: 'good', tried: 'bad' }],
    touched,
    move: null,
  };
  return {
    host: new FakeHost({ ...switchIn(999, filtering), files: { [BOOT_ID_FILE]: 'this\n', [CONF]: 'bad' } }),
    saved,
  };
}

/** Rolls back, and returns what is said of it and what was written. */
async function back(
  { host }: Pick<ReturnType<typeof changed>, 'host'>,
  saved: Pending,
): Promise<{ problems: string[]; commands: number; written: ReadonlyMap<string, string | null> }> {
  host.written.clear();
  const why = host.files[BOOT_ID_FILE] === 'this\n' ? 'not confirmed' : 'rebooted';
  const { problems, commands } = await rollBack(saved, why, host.io());
  return {
    problems: problems.map(({ message, hint }) => `${message} ${hint}`),
    commands,
    written: new Map(host.written),
  };
}

/** A port that takes no VLAN any more. */
const refuse = (dev: string) => (command: string) => {
  if (command.includes(` dev ${dev} `)) throw new Refused('RTNETLINK answers: Operation not supported');
};

describe('one port refuses', () => {
  test('all others come back, the host and its uplink first; nothing can be confirmed any more', async () => {
    const world = changed();
    const { host, saved } = world;
    host.watch = refuse('veth1');
    const { problems, written } = await back(world, saved);
    expect(host.describe()).toEqual([
      'br0: filtering on, 802.1Q, default PVID none; PVID 1',
      'br0 a: PVID 1',
      'br0 eth0: PVID 1',
      'br0 veth1: PVID 999',
      'br0 z: PVID 1',
    ]);
    expect(problems).toEqual([
      'veth1: `bridge vlan add dev veth1 vid 1 untagged` failed: Operation not supported. All other ports have been tried.',
      'not everything is rolled back: veth1. Check `bridge vlan show`, then run `kvmvlan undo` again.',
    ]);
    // The conf is back all the same, so that no event makes the change again.
    expect(written.get(CONF)).toBe('good');
    const left = parsePending(written.get(PENDING_FILE) ?? '');
    // Whatever is done to the clock.
    expect(left.until).toBe(0);
    expect({ ...left, until: saved.until }).toEqual(saved);

    host.watch = () => undefined;
    const again = await back(world, left);
    expect([again.commands, again.problems, again.written.get(PENDING_FILE)]).toEqual([3, [], null]);
    expect(host.describe()[3]).toBe('br0 veth1: PVID 1');
  });

  test('the uplink: the host stays in the VLAN in which it is with it, until both can go back', async () => {
    const world = changed();
    const { host, saved } = world;
    host.watch = refuse('eth0');
    const { problems } = await back(world, saved);
    expect(host.describe()).toEqual([
      'br0: filtering on, 802.1Q, default PVID none; PVID 999',
      'br0 a: PVID 1',
      'br0 eth0: PVID 999',
      'br0 veth1: PVID 1',
      'br0 z: PVID 1',
    ]);
    expect(problems[0]).toContain(
      'The host stays in its current VLANs: without eth0 it would be disconnected.',
    );

    host.watch = () => undefined;
    expect((await back(world, saved)).problems).toEqual([]);
    expect(host.describe()).toEqual(expect.arrayContaining(['br0 eth0: PVID 1']));
    expect(host.describe()[0]).toContain('; PVID 1');
  });

  test('one uplink of two: the host goes back with the other', async () => {
    const world = changed();
    world.host.watch = refuse('eth0');
    const touched = { ...world.saved.touched, uplinks: ['eth0', 'z'] };
    await back(world, { ...world.saved, touched });
    expect(world.host.describe()[0]).toContain('; PVID 1');
  });

  test('flags of guests come back also where filtering is not turned on', async () => {
    const world = changed(false);
    world.host.kernel.runBridge(['link', 'set', 'dev', 'veth1', 'isolated', 'on']);
    world.host.watch = refuse('eth0');
    await back(world, world.saved);
    expect(world.host.describe()[0]).toContain('filtering off');
    expect(world.host.kernel.ports().find(({ name }) => name === 'veth1')?.flags.isolated).toBe(false);
  });

  test('filtering is turned on all the same, unless it is the uplink', async () => {
    for (const [dev, filtering] of [
      ['veth1', 'on'] as const,
      ['eth0', 'off'] as const,
      ['br0', 'off'] as const,
    ]) {
      const world = changed(false);
      world.host.watch = refuse(dev);
      await back(world, world.saved);
      expect([dev, world.host.describe()[0]]).toEqual([
        dev,
        expect.stringContaining(`filtering ${filtering}`),
      ]);
    }
  });
});

describe('the conf files', () => {
  test('what was in effect is there again, and the edit beside it', async () => {
    const world = changed();
    const { written, problems } = await back(world, world.saved);
    expect(problems).toEqual([]);
    expect(written.get(CONF)).toBe('good');
    expect(written.get(`${CONF}.rejected`)).toBe('bad');
    expect(JSON.parse(written.get(REJECTED_FILE) ?? '')).toMatchObject({
      why: 'not confirmed',
      files: [{ path: CONF, rejected: `${CONF}.rejected` }],
      held: null,
    });
    expect(written.get(MOTD_FILE)).toContain('it was not confirmed in time');
  });

  test('an edit that was made meanwhile is kept as well, and an earlier rejected one', async () => {
    const world = changed();
    world.host.files[CONF] = 'worse';
    world.host.files[`${CONF}.rejected`] = 'of last week';
    const { written } = await back(world, world.saved);
    expect([written.get(CONF), written.get(`${CONF}.2.rejected`)]).toEqual(['good', 'worse']);
    expect(written.has(`${CONF}.rejected`)).toBe(false);
  });

  test('nothing was ever in effect: the file says so, and asks for nothing', async () => {
    const world = changed();
    const files = [{ name: 'bridge_init', path: CONF, was: null, tried: 'bad' }];
    const { written } = await back(world, { ...world.saved, files });
    expect(written.get(CONF)).toMatch(/^# No text of this file was in effect .*\n#/);
    expect(written.get(`${CONF}.rejected`)).toBe('bad');
  });

  test('the conf was no part of the change: what it touched stays as it is', async () => {
    const world = changed();
    const files = [{ name: 'bridge_init', path: CONF, was: 'bad', tried: 'bad' }];
    const { written } = await back(world, { ...world.saved, files });
    expect(written.has(CONF)).toBe(false);
    expect(JSON.parse(written.get(REJECTED_FILE) ?? '')).toMatchObject({
      files: [],
      held: { bootId: 'this', bridges: ['br0'], confs: [{ path: CONF, text: 'bad' }] },
    });
  });

  test('after a reboot the files come back, and the kernel is left alone', async () => {
    const world = changed();
    world.host.files[BOOT_ID_FILE] = 'another\n';
    const { written, commands } = await back(world, world.saved);
    expect(written.get(CONF)).toBe('good');
    expect([commands, world.host.ran]).toEqual([0, []]);
    expect(JSON.parse(written.get(REJECTED_FILE) ?? '')).toMatchObject({ why: 'rebooted' });
  });

  test('a file that cannot be put back does not keep the kernel from coming back, and is tried again', async () => {
    const world = changed();
    const { written } = world.host;
    const full = (path: string, text: string | null): void => {
      if (path.startsWith('/etc')) throw new KnownError(`cannot write ${path}: ENOSPC`, 'Look at df.');
      written.set(path, text);
    };
    const { problems } = await rollBack(world.saved, 'not confirmed', world.host.io({ writeText: full }));
    expect(problems.map(({ message }) => message)).toEqual([`cannot write ${CONF}.rejected: ENOSPC.`]);
    expect(world.host.describe()[0]).toContain('; PVID 1');
    expect(parsePending(written.get(PENDING_FILE) ?? '').until).toBe(0);
  });
});

describe('when it is too late', () => {
  const host = (until: number, bootId = 'this') => ({
    files: { [PENDING_FILE]: formatPending({ ...changed().saved, until }), [BOOT_ID_FILE]: `${bootId}\n` },
    lock: FREE,
  });
  const TOO_LATE =
    'it is too late: the change is being rolled back, or is only partly rolled back. Run `kvmvlan undo` to roll back all of it, then run `kvmvlan status`.\n';

  test.each([
    ['in time', host(Date.now())],
    ['before a reboot', host(Date.now() + 60_000, 'another')],
  ])('confirm keeps nothing that was not confirmed %s', async (_, world) => {
    expect(await runCommand(confirm, {}, world)).toEqual({ status: 2, stdout: '', stderr: TOO_LATE });
  });

  test('apply does not send to confirm', async () => {
    const { stderr } = await runCommand(apply, { yes: true }, host(Date.now()));
    expect(stderr).toBe(
      'an earlier change is being rolled back, or is only partly rolled back. Run `kvmvlan undo` to roll back all of it, then try again.\n',
    );
    expect((await runCommand(apply, { yes: true }, host(Date.now() + 60_000))).stderr).toEqual(
      expect.stringMatching(
        /^an earlier change waits to be confirmed until \d\d:\d\d:\d\d\. Run `kvmvlan confirm` to keep it or `kvmvlan undo` to roll it back, then try again\.\n$/,
      ),
    );
  });
});

test('confirm keeps the text that took effect, whatever conf is by now', async () => {
  const { host, saved } = changed();
  host.lock = FREE;
  Object.assign(host.files, { [CONF]: 'edited since', [PENDING_FILE]: formatPending(saved) });
  const ran = await runCommand(confirm, {}, host);
  const { written } = host;
  expect(ran.status).toBe(0);
  expect(written.get('/var/lib/kvmvlan/applied/bridge_init.conf')).toBe('bad');
  expect([written.get(PENDING_FILE), written.has(CONF)]).toEqual([null, false]);
});

describe('the scheduled rollback', () => {
  const args = { id: '7' };
  const pending = ({ host, saved }: ReturnType<typeof changed>, lock = FREE): FakeHost => {
    host.files[PENDING_FILE] = formatPending(saved);
    host.lock = lock;
    return host;
  };

  test('goes on after any error, until all is back', async () => {
    const world = changed();
    const faults: Error[] = [new TypeError('a fault of ours'), new TypeError('another')];
    const lock = () => {
      const fault = faults.shift();
      return fault === undefined ? FREE() : Promise.reject(fault);
    };
    const ran = await runCommand(undo, args, pending(world, lock));
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(/^kvmvlan: a bug, please report it: TypeError: a fault of ours\n/);
    expect(world.host.describe()).toEqual(expect.arrayContaining(['br0 eth0: PVID 1']));
  }, 30_000);

  test('does without a lock that a party holds which hangs', async () => {
    const world = changed();
    const lock = () => Promise.reject(new KnownError('another run has held it for 30 s', 'Look at it.'));
    const ran = await runCommand(undo, args, pending(world, lock));
    expect(ran.stderr).toContain(
      'another run has held it for 30 s. Look at it. Continuing without the lock.',
    );
    expect(world.host.describe()).toEqual(expect.arrayContaining(['br0 eth0: PVID 1']));
  }, 30_000);

  test('leaves another change alone', async () => {
    const world = changed();
    const other = { ...world, saved: { ...world.saved, id: '8' } };
    expect(await runCommand(undo, args, pending(other))).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(world.host.processes).toBe(0);
  });
});

describe('the lock', () => {
  const lockAfter = (ms: number) => () =>
    new Promise<() => void>((resolve) => setTimeout(() => resolve(() => undefined), ms));
  const WAITING = 'kvmvlan: waiting for another run that changes bridges …\n';

  test.each([
    ['confirm', confirm],
    ['undo', undo],
  ])('%s says that it waits, and nothing where it need not', async (_name, command) => {
    const waited = await runCommand(command, {}, { lock: lockAfter(1100) });
    expect(waited.stderr.startsWith(WAITING)).toBe(true);
    expect((await runCommand(command, {}, { lock: FREE })).stderr).not.toContain('waiting');
  });

  test('it is given back, and a lock that cannot be had is told', async () => {
    let held = 0;
    const lock = () => {
      held++;
      return Promise.resolve(() => void held--);
    };
    await runCommand(confirm, {}, { lock });
    expect(held).toBe(0);
    const busy = () => Promise.reject(new KnownError('another run has held it', 'Look who it is.'));
    expect((await runCommand(confirm, {}, { lock: busy })).stderr).toBe(
      'another run has held it. Look who it is.\n',
    );
  });
});

test('retry waits longer and longer, and never ends before it is done', async () => {
  const results = [
    () => Promise.reject(new Error('busy')),
    ...Array.from({ length: 8 }, () => () => Promise.resolve(false)),
    () => Promise.resolve(true),
  ];
  const heard: unknown[] = [];
  const slept: number[] = [];
  await retry(
    (nth) => (results[nth - 1] ?? (() => Promise.reject(new Error('one too many'))))(),
    (error) => heard.push(error),
    (ms) => Promise.resolve(void slept.push(ms)),
  );
  expect(heard).toEqual([new Error('busy')]);
  expect(slept).toEqual([1, 2, 5, 10, 20, 30, 30, 30, 30].map((s) => s * 1000));
});
