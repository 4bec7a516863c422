import { confirm } from '../../../lib/cli/confirm';
import { apply } from '../../../lib/cli/apply';
import { undo } from '../../../lib/cli/undo';
import { undoChanges } from '../../../lib/cli/undo_changes';
import { untilDone } from '../../../lib/cli/until_done';
import { formatSavedHost, parseSavedHost, type SavedHost } from '../../../lib/switch/saved_host';
import { KnownError, type Vid } from '../../../lib/types';
import type { Bridge, BridgePort } from '../../../lib/vlan/host';
import { portVlans } from '../../../lib/vlan/port_vlans';
import { SimulatedHost } from '../plugins/simulated_host';
import { bridgePort } from '../vlan/bridge_port';
import { Refused } from '../vlan/refused';
import { runCommand } from './fake_context';

const FILE = '/run/kvmvlan/undo.json';
const PORTS = ['a', 'eth0', 'veth1', 'z'];
const free = () => Promise.resolve(() => undefined);

function switchIn(pvid: number, filtering = true): [Bridge[], BridgePort[]] {
  const vlans = portVlans({ pvid: pvid as Vid });
  const bridge = { name: 'br0', filtering, protocol: '802.1Q' as const, defaultPvid: null, vlans };
  return [[bridge], PORTS.map((name) => bridgePort(name, vlans))];
}

/** A host that a change has brought from VLAN 1 to VLAN 999, and what was kept of it. */
function changed(filtering = true): { host: SimulatedHost; saved: SavedHost; kept: (string | null)[] } {
  const [bridges, ports] = switchIn(1);
  // As it is read back: with all flags.
  const flags = new SimulatedHost(bridges, ports).kernel.ports()[0]?.flags ?? {};
  const was = {
    bridges: new Map(bridges.map((bridge) => [bridge.name, bridge])),
    ports: new Map(ports.map((port) => [port.name, { ...port, flags }])),
  };
  return {
    host: new SimulatedHost(...switchIn(999, filtering)),
    saved: { id: '7', until: Date.now() + 60_000, uplinks: ['eth0'], host: was },
    kept: [],
  };
}

/** A port that takes no VLAN any more. */
const refuse = (dev: string) => (command: string) => {
  if (command.includes(` dev ${dev} `)) throw new Refused('RTNETLINK answers: Operation not supported');
};

describe('one port refuses', () => {
  test('all others come back, the host and its uplink first; nothing can be confirmed any more', async () => {
    const { host, saved, kept } = changed();
    host.watch = refuse('veth1');
    const { problems } = await undoChanges(saved, host, (text) => kept.push(text));
    expect(host.describe()).toEqual([
      'br0: filtering on, 802.1Q, default PVID none; PVID 1',
      'br0 a: PVID 1',
      'br0 eth0: PVID 1',
      'br0 veth1: PVID 999',
      'br0 z: PVID 1',
    ]);
    expect(problems.map(({ message, hint }) => `${message} ${hint}`)).toEqual([
      'veth1: `bridge vlan add dev veth1 vid 1 untagged` failed: RTNETLINK answers: Operation not supported. All others have been tried.',
      'not all is as it was: br0. Look at `bridge vlan show`, then run `kvmvlan undo` again; or remove /run/kvmvlan/undo.json to leave it as it is now.',
    ]);
    expect(kept).toHaveLength(1);
    const left = parseSavedHost(kept[0] ?? '', FILE);
    // Whatever is done to the clock.
    expect(left.until).toBe(0);
    expect({ ...left, until: saved.until }).toEqual(saved);

    host.watch = () => undefined;
    expect(await undoChanges(left, host, (text) => kept.push(text))).toEqual({ commands: 3, problems: [] });
    expect(kept.at(-1)).toBeNull();
    expect(host.describe()[3]).toBe('br0 veth1: PVID 1');
  });

  test('the uplink: the host stays in the VLAN in which it is with it, until both can go back', async () => {
    const { host, saved, kept } = changed();
    host.watch = refuse('eth0');
    const { problems } = await undoChanges(saved, host, (text) => kept.push(text));
    expect(host.describe()).toEqual([
      'br0: filtering on, 802.1Q, default PVID none; PVID 999',
      'br0 a: PVID 1',
      'br0 eth0: PVID 999',
      'br0 veth1: PVID 1',
      'br0 z: PVID 1',
    ]);
    expect(problems[0]?.hint).toBe(
      'The host stays in the VLANs it is in now, as it would be cut off without eth0; look at `ip -d link show eth0`.',
    );

    host.watch = () => undefined;
    expect((await undoChanges(saved, host, (text) => kept.push(text))).problems).toEqual([]);
    expect(host.describe()).toEqual(expect.arrayContaining(['br0 eth0: PVID 1']));
    expect(host.describe()[0]).toContain('; PVID 1');
  });

  test('one uplink of two: the host goes back with the other', async () => {
    const { host, saved } = changed();
    host.watch = refuse('eth0');
    await undoChanges({ ...saved, uplinks: ['eth0', 'z'] }, host, () => undefined);
    expect(host.describe()[0]).toContain('; PVID 1');
  });

  test('flags of guests come back also where filtering is not turned on', async () => {
    const { host, saved } = changed(false);
    host.kernel.runBridge(['link', 'set', 'dev', 'veth1', 'isolated', 'on']);
    host.watch = refuse('eth0');
    await undoChanges(saved, host, () => undefined);
    expect(host.describe()[0]).toContain('filtering off');
    expect(host.kernel.ports().find(({ name }) => name === 'veth1')?.flags.isolated).toBe(false);
  });

  test('filtering is turned on all the same, unless it is the uplink', async () => {
    for (const [dev, filtering] of [
      ['veth1', 'on'] as const,
      ['eth0', 'off'] as const,
      ['br0', 'off'] as const,
    ]) {
      const { host, saved } = changed(false);
      host.watch = refuse(dev);
      await undoChanges(saved, host, () => undefined);
      expect([dev, host.describe()[0]]).toEqual([dev, expect.stringContaining(`filtering ${filtering}`)]);
    }
  });
});

describe('when it is too late', () => {
  const host = (until: number) => ({
    files: { [FILE]: formatSavedHost({ ...changed().saved, until }) },
    lock: free,
  });

  test('confirm keeps nothing', async () => {
    expect(await runCommand(confirm, {}, host(Date.now()))).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'it is too late: the change is being undone, or has been undone in part. Run `kvmvlan undo` to have all of it undone, then look at `kvmvlan status`.\n',
    });
  });

  test('apply does not send to confirm', async () => {
    const { stderr } = await runCommand(apply, { yes: true }, host(Date.now()));
    expect(stderr).toBe(
      'an earlier change is being undone, or has been undone in part. Type `kvmvlan undo` to have all of it undone, then apply again.\n',
    );
    expect((await runCommand(apply, { yes: true }, host(Date.now() + 60_000))).stderr).toBe(
      'an earlier change waits to be confirmed. Type `kvmvlan confirm` to keep it or `kvmvlan undo` to take it back, then apply again.\n',
    );
  });
});

describe('the scheduled undo', () => {
  const args = { id: '7' };

  test('goes on after any error, until all is back', async () => {
    const { host, saved } = changed();
    const faults: Error[] = [new KnownError('the lock is held', 'Wait.'), new TypeError('a fault of ours')];
    const lock = () => {
      const fault = faults.shift();
      return fault === undefined ? free() : Promise.reject(fault);
    };
    const ran = await runCommand(undo, args, {
      files: { [FILE]: formatSavedHost(saved) },
      exec: host.exec,
      lock,
    });
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(
      /^kvmvlan: the lock is held\. Wait\.\nkvmvlan: a bug, please report it: TypeError: a fault of ours\n/,
    );
    expect(host.describe()).toEqual(expect.arrayContaining(['br0 eth0: PVID 1']));
  }, 30_000);

  test('leaves another change alone', async () => {
    const { host, saved } = changed();
    const files = { [FILE]: formatSavedHost({ ...saved, id: '8' }) };
    expect(await runCommand(undo, args, { files, exec: host.exec, lock: free })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(host.processes).toBe(0);
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
    expect((await runCommand(command, {}, { lock: free })).stderr).not.toContain('waiting');
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
    expect((await runCommand(undo, {}, { lock: busy })).stderr).toBe(
      'another run has held it. Look who it is.\n',
    );
  });
});

describe('untilDone', () => {
  const patience = { everyMs: 5, forMs: 10_000 };

  test('tries until it is done, whatever is thrown', async () => {
    const results = [() => Promise.reject(new Error('busy')), () => Promise.resolve(false)];
    const heard: unknown[] = [];
    const attempt = () => (results.shift() ?? (() => Promise.resolve(true)))();
    expect(await untilDone(attempt, patience, (error) => heard.push(error))).toBe(true);
    expect(heard).toEqual([new Error('busy')]);
  });

  test('gives up when the time is over', async () => {
    let tries = 0;
    const attempt = () => Promise.resolve(++tries > 99);
    expect(await untilDone(attempt, { everyMs: 5, forMs: 20 }, () => undefined)).toBe(false);
    expect(tries).toBeGreaterThan(1);
  });
});
