import { describeOwnKernel } from '../describe_own_kernel';
import { addForeign, foreign, ours } from './host_state';
import { ADDRESS, buildLab, doOn, plugTap, ROUTER, runGuest } from './lab';
import { whoAnswers } from './pings';

describeOwnKernel('the lab of routed interfaces', (kernel) => {
  beforeAll(() => buildLab(kernel));

  test('nobody reaches the guest until the host has its routes and proxy entries', async () => {
    await plugTap(kernel, 'host1');
    await runGuest(kernel, 'host1');
    await addForeign(kernel, 'host1');
    const before = await foreign(kernel, 'host1');
    expect(await whoAnswers(kernel, 'router', Object.values(ADDRESS))).toEqual([]);
    await doOn(
      kernel,
      'host1',
      `echo 1 >/proc/sys/net/ipv4/conf/vnet0/forwarding
         ip addr add 169.254.0.1/32 dev vnet0; ip addr add fe80::1/64 dev vnet0 nodad
         ip route add ${ADDRESS.v4}/32 dev vnet0 proto 107; ip -6 route add ${ADDRESS.v6}/128 dev vnet0 proto 107
         ip neigh add proxy ${ADDRESS.v4} dev eth0 protocol 107
         ip -6 neigh add proxy ${ADDRESS.v6} dev eth0 protocol 107`,
    );
    expect(await whoAnswers(kernel, 'router', Object.values(ADDRESS))).toEqual(Object.values(ADDRESS));
    expect(await whoAnswers(kernel, 'guest', Object.values(ROUTER))).toEqual(Object.values(ROUTER));
    expect(await ours(kernel, 'host1')).toEqual([
      'proxy 2001:db8::20 eth0',
      'proxy 203.0.113.20 eth0',
      'route 2001:db8::20 vnet0',
      'route 203.0.113.20 vnet0',
    ]);
    expect(await foreign(kernel, 'host1')).toEqual(before);
  });
});
