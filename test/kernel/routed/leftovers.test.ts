import { describeOwnKernel } from '../describe_own_kernel';
import { counted, FAULTY, installFaultyIp, setFault } from './faulty_ip';
import { callHook, RUNNING, WEB, writeStatus, type Guest } from './guest';
import { addForeign, foreign, ours } from './host_state';
import { ADDRESS, buildLab, doOn, on, PLUGIN, plugTap, runGuest, unplugTap } from './lab';
import { whoAnswers } from './pings';

const BOTH = Object.values(ADDRESS);
const HAS_IT = [
  'proxy 2001:db8::20 eth0',
  'proxy 203.0.113.20 eth0',
  'route 2001:db8::20 vnet0',
  'route 203.0.113.20 vnet0',
];

describeOwnKernel('guest_routes finds what was left by others and by its own end', (kernel) => {
  // Many starts of node, which take a second each in User-Mode Linux.
  jest.setTimeout(300_000);
  let before: string[] = [];
  beforeAll(async () => {
    await buildLab(kernel);
    await installFaultyIp(kernel);
    await addForeign(kernel, 'host1');
    before = await foreign(kernel, 'host1');
    await plugTap(kernel, 'host1');
    expect(await callHook(kernel, 'host1', WEB, 'start begin')).toMatchObject({ status: 0 });
    await runGuest(kernel, 'host1');
    await writeStatus(kernel, 'host1', WEB, RUNNING);
  });
  afterEach(async () => {
    expect(await foreign(kernel, 'host1')).toEqual(before);
  });

  const repair = async (): Promise<void> => {
    expect(await on(kernel, 'host1', `${PLUGIN} --all`)).toMatchObject({ status: 0, stderr: '' });
    expect(await ours(kernel, 'host1')).toEqual(HAS_IT);
  };

  test("a guest whose definition names another guest's tap takes nothing from it, neither at its start nor at its end", async () => {
    const thief: Guest = { name: 'thief', dev: 'vnet0', mac: '52:54:00:00:00:66', hasFixedName: true };
    for (const phase of ['start begin', 'stopped end', 'release end'] as const) {
      await callHook(kernel, 'host1', thief, phase);
      expect([phase, await ours(kernel, 'host1')]).toEqual([phase, HAS_IT]);
    }
  });

  test.each([
    [
      'a proxy entry for an address that no guest has',
      'ip neigh add proxy 203.0.113.99 dev eth0 protocol 107',
    ],
    ['one on another interface', `ip neigh add proxy ${ADDRESS.v4} dev red protocol 107`],
    [
      'the rule of a tap that is gone, which would be that of the next tap of this name',
      'ip rule add iif vnet9 lookup 700 protocol 107; ip -6 rule add iif vnet9 lookup 700 protocol 107',
    ],
    [
      'a rule of a tap whose guest has no table any more',
      'ip rule add iif vnet0 lookup 700 protocol 107; ip -6 rule add iif vnet0 lookup 700 protocol 107',
    ],
    [
      'a route to a tap that nobody holds any more',
      `ip link add vnet9 type veth peer name vnet9-end; ip link set vnet9 up
         ip route add 203.0.113.99/32 dev vnet9 proto 107`,
    ],
    [
      'a route in a table that conf does not name',
      `ip route add ${ADDRESS.v4}/32 dev vnet0 table 700 proto 107`,
    ],
    ['a route with another metric', `ip -6 route add ${ADDRESS.v6}/128 dev vnet0 metric 5 proto 107`],
  ])('--all removes %s', async (_what, make) => {
    await doOn(kernel, 'host1', make);
    expect(await ours(kernel, 'host1')).not.toEqual(HAS_IT);
    await repair();
    await doOn(kernel, 'host1', 'ip link del vnet9 2>/dev/null || true');
  });

  test('--all restores proxy entries that the kernel has dropped with the uplink', async () => {
    await doOn(
      kernel,
      'host1',
      `ip neigh del proxy 203.0.113.77 dev eth0; ip -6 neigh del proxy 2001:db8::77 dev eth0
         ip link set eth0 down; ip link set eth0 up`,
    );
    expect(await ours(kernel, 'host1')).toEqual(HAS_IT.slice(2));
    // What the uplink's own configuration would restore.
    await doOn(
      kernel,
      'host1',
      `ip neigh add proxy 203.0.113.77 dev eth0; ip -6 neigh add proxy 2001:db8::77 dev eth0 protocol static
         ip neigh replace 203.0.113.79 lladdr 52:54:00:00:00:79 dev eth0 nud permanent
         ip -6 addr replace 2001:db8::11/64 dev eth0
         ip route replace default via 203.0.113.1; ip -6 route replace default via 2001:db8::1`,
    );
    await repair();
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
  });

  test('--all restores what the kernel has dropped with the tap', async () => {
    await doOn(kernel, 'host1', 'ip link set vnet0 down; ip link set vnet0 up');
    await repair();
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
  });

  test('a tap that was replaced by one of another name loses everything, the new one has it', async () => {
    const renamed = { ...WEB, dev: 'vnet5' };
    await plugTap(kernel, 'host1', 'vnet5');
    await writeStatus(kernel, 'host1', renamed, RUNNING);
    await doOn(kernel, 'guest', 'ip link set host1-vnet0 down');
    expect(await on(kernel, 'host1', `${PLUGIN} --all`)).toMatchObject({ status: 0, stderr: '' });
    expect(await ours(kernel, 'host1')).toEqual(HAS_IT.map((line) => line.replace('vnet0', 'vnet5')));
    await doOn(kernel, 'guest', 'ip link set host1-vnet0 up');
    await writeStatus(kernel, 'host1', WEB, RUNNING);
    await unplugTap(kernel, 'host1', 'vnet5');
    await repair();
  });

  describe('at a start that goes wrong', () => {
    const start = (before = FAULTY) => callHook(kernel, 'host1', WEB, 'start begin', before);
    const replug = async (): Promise<void> => {
      await unplugTap(kernel, 'host1');
      expect(await callHook(kernel, 'host1', WEB, 'stopped end')).toMatchObject({ status: 0 });
      expect(await ours(kernel, 'host1')).toEqual([]);
      await plugTap(kernel, 'host1');
    };

    test('it fails if any command fails, and the next one repairs what it has left', async () => {
      await setFault(kernel, 1000);
      await replug();
      expect(await start()).toMatchObject({ status: 0, stderr: '' });
      const commands = await counted(kernel);
      // Two gateways, neighbours, routes, proxy entries.
      expect(commands).toBe(8);
      for (let at = 0; at <= commands; at++) {
        await replug();
        await setFault(kernel, at);
        const { status, stderr } = await start();
        expect({ at, status }).toEqual({ at, status: 1 });
        expect(stderr).toMatch(/Operation not permitted/);
        expect(await start('')).toMatchObject({ status: 0, stderr: '' });
        expect(await ours(kernel, 'host1')).toEqual(HAS_IT);
      }
    });

    test('a rule of the former tap of this name does not catch the traffic of the new one', async () => {
      await unplugTap(kernel, 'host1');
      expect(await callHook(kernel, 'host1', WEB, 'stopped end')).toMatchObject({ status: 0 });
      await doOn(
        kernel,
        'host1',
        'ip rule add iif vnet0 lookup 700 protocol 107; ip -6 rule add iif vnet0 lookup 700 protocol 107',
      );
      expect(await ours(kernel, 'host1')).toEqual(Array(2).fill('rule iif vnet0 detached table 700'));
      await plugTap(kernel, 'host1');
      expect(await start('')).toMatchObject({ status: 0, stderr: '' });
      expect(await ours(kernel, 'host1')).toEqual(HAS_IT);
    });

    test.each([
      ['between route and proxy entry', 7],
      ['before its first route', 5],
    ])('it is killed %s, and the next run repairs what it has left', async (_when, at) => {
      await replug();
      await setFault(kernel, at, 'kill');
      expect((await start()).status).not.toBe(0);
      const left = await ours(kernel, 'host1');
      expect(left).toEqual(at === 7 ? HAS_IT.slice(2) : []);
      await repair();
    });

    test('it is killed, and the guest never runs: nothing is left', async () => {
      await replug();
      await setFault(kernel, 8, 'kill');
      expect((await start()).status).not.toBe(0);
      expect(await ours(kernel, 'host1')).toHaveLength(3);
      await replug();
    });
  });
});
