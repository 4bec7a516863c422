import { describeOwnKernel } from '../describe_own_kernel';
import { installSpies, SPIED, toldToChange } from '../spy';
import { callHook, RUNNING, WEB, writeStatus } from './guest';
import { addForeign, foreign, ours } from './host_state';
import {
  ADDRESS,
  buildLab,
  CONF,
  configureHost,
  doOn,
  on,
  PLUGIN,
  plugTap,
  ROUTER,
  runGuest,
  unplugTap,
} from './lab';
import { whoAnswers } from './pings';

const SILENT = { status: 0, stdout: '', stderr: '' };
const BOTH = Object.values(ADDRESS);
const ROUTERS = Object.values(ROUTER);
const PROXIES = ['proxy 2001:db8::20 eth0', 'proxy 203.0.113.20 eth0'];
const ROUTES = ['route 2001:db8::20 vnet0', 'route 203.0.113.20 vnet0'];

describeOwnKernel('guest_routes in the life of a guest on one host', (kernel) => {
  // Many starts of node, which take a second each in User-Mode Linux.
  jest.setTimeout(300_000);
  let before: string[] = [];
  beforeAll(async () => {
    await buildLab(kernel);
    await installSpies(kernel);
    await addForeign(kernel, 'host1');
    before = await foreign(kernel, 'host1');
  });
  afterEach(async () => {
    expect(await foreign(kernel, 'host1')).toEqual(before);
  });

  const start = async (conf: string): Promise<void> => {
    await configureHost(kernel, 'host1', conf);
    await plugTap(kernel, 'host1');
    expect(await callHook(kernel, 'host1', WEB, 'start begin')).toEqual(SILENT);
    await runGuest(kernel, 'host1');
    await writeStatus(kernel, 'host1', WEB, RUNNING);
  };

  /** libvirt's last two calls: before them the tap is gone, and between them the status file goes. */
  const stop = async (): Promise<void> => {
    await unplugTap(kernel, 'host1');
    expect(await callHook(kernel, 'host1', WEB, 'stopped end')).toEqual(SILENT);
    await writeStatus(kernel, 'host1', WEB, null);
    expect(await callHook(kernel, 'host1', WEB, 'release end')).toEqual(SILENT);
    expect(await ours(kernel, 'host1')).toEqual([]);
  };

  test('from start to stop: it is reached, every later phase has nothing to do, and nothing is left', async () => {
    await start(CONF);
    expect(await ours(kernel, 'host1')).toEqual([...PROXIES, ...ROUTES]);
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
    expect(await whoAnswers(kernel, 'guest', ROUTERS)).toEqual(ROUTERS);

    for (const phase of ['started begin', 'reconnect begin'] as const)
      expect(await callHook(kernel, 'host1', WEB, phase, SPIED)).toEqual(SILENT);
    const all = await on(kernel, 'host1', `${SPIED} ${PLUGIN} --all`);
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(await toldToChange(kernel)).toEqual([]);

    await stop();
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual([]);
  });

  test('a table of its own: a rule leads to it, and both are gone in the end', async () => {
    await start(`${CONF}table = 700\n`);
    expect(await ours(kernel, 'host1')).toEqual([
      ...PROXIES,
      'route 2001:db8::20 vnet0',
      'route 2001:db8::20 vnet0 table 700',
      'route 203.0.113.20 vnet0',
      'route 203.0.113.20 vnet0 table 700',
      'rule iif vnet0 table 700',
      'rule iif vnet0 table 700',
    ]);
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
    await stop();
  });

  test('uplink = none: routes without proxy entries, so others have to route to this host', async () => {
    await start(CONF.replace('uplink = eth0', 'uplink = none'));
    expect(await ours(kernel, 'host1')).toEqual(ROUTES);
    // What it knows from before would do.
    await doOn(kernel, 'router', 'ip neigh flush all');
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual([]);
    await doOn(
      kernel,
      'router',
      `ip route add ${ADDRESS.v4} via 203.0.113.11; ip -6 route add ${ADDRESS.v6} via 2001:db8::11`,
    );
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
    await doOn(kernel, 'router', `ip route del ${ADDRESS.v4}; ip -6 route del ${ADDRESS.v6}`);
    await stop();
  });

  test('networks behind the guest are routed to it', async () => {
    await start(`${CONF}route = 198.51.100.128/29, 2001:db8:20::/56\n`);
    const behind = ['198.51.100.129', '2001:db8:20::1'];
    expect(await ours(kernel, 'host1')).toEqual([
      ...PROXIES,
      'route 198.51.100.128/29 via 203.0.113.20 vnet0',
      'route 2001:db8:20::/56 via 2001:db8::20 vnet0',
      ...ROUTES,
    ]);
    await doOn(
      kernel,
      'guest',
      'ip addr add 198.51.100.129/29 dev idle-end; ip addr add 2001:db8:20::1/56 dev idle-end nodad',
    );
    await doOn(
      kernel,
      'router',
      'ip route add 198.51.100.128/29 via 203.0.113.11; ip -6 route add 2001:db8:20::/56 via 2001:db8::11',
    );
    expect(await whoAnswers(kernel, 'router', behind)).toEqual(behind);
    await stop();
  });
});
