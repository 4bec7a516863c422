import { describeKernel } from '../describe_kernel';
import { callHook, RUNNING, WEB, writeStatus } from './guest';
import { addForeign, foreign, ours } from './host_state';
import { ADDRESS, buildLab, CONF, configureHost, doOn, plugTap, ROUTER, runGuest, unplugTap } from './lab';
import { whoAnswers } from './pings';

const SILENT = { status: 0, stdout: '', stderr: '' };
const BOTH = Object.values(ADDRESS);
const ROUTERS = Object.values(ROUTER);
const PROXIES = ['proxy 2001:db8::20 eth0', 'proxy 203.0.113.20 eth0'];

describeKernel('guest_routes with a VRF', (kernel) => {
  // Many starts of node, which take a second each in User-Mode Linux.
  jest.setTimeout(300_000);
  let before: string[] = [];
  beforeAll(async () => {
    await buildLab(kernel);
    await addForeign(kernel, 'host1');
    // Without a last route of its own, what a VRF does not know is looked up in the main table.
    await doOn(
      kernel,
      'host1',
      `ip link add red-vrf type vrf table 600 && ip link set red-vrf up &&
         for family in -4 -6; do ip $family route add unreachable default metric 4278198272 table 600; done`,
    );
    before = await foreign(kernel, 'host1');
  });
  afterEach(async () => {
    expect(await foreign(kernel, 'host1')).toEqual(before);
  });

  test('in a VRF, traffic of the guest does not leave through the main table', async () => {
    await configureHost(kernel, 'host1', `${CONF}vrf = red-vrf\n`);
    await plugTap(kernel, 'host1');
    expect(await callHook(kernel, 'host1', WEB, 'start begin')).toEqual(SILENT);
    await runGuest(kernel, 'host1');
    await writeStatus(kernel, 'host1', WEB, RUNNING);
    expect(await ours(kernel, 'host1')).toEqual([
      ...PROXIES,
      'route 2001:db8::20 vnet0',
      'route 2001:db8::20 vnet0 table 600',
      'route 203.0.113.20 vnet0',
      'route 203.0.113.20 vnet0 table 600',
    ]);
    expect(await whoAnswers(kernel, 'guest', ROUTERS)).toEqual([]);
    await doOn(
      kernel,
      'host1',
      'ip route add default via 203.0.113.1 dev eth0 table 600; ip -6 route add default via 2001:db8::1 dev eth0 table 600',
    );
    expect(await whoAnswers(kernel, 'guest', ROUTERS)).toEqual(ROUTERS);
    expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
    await doOn(
      kernel,
      'host1',
      'ip route del default dev eth0 table 600; ip -6 route del default dev eth0 table 600',
    );
    await unplugTap(kernel, 'host1');
    expect(await callHook(kernel, 'host1', WEB, 'stopped end')).toEqual(SILENT);
    expect(await ours(kernel, 'host1')).toEqual([]);
  });
});
