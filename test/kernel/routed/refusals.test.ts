import { describeOwnKernel } from '../describe_own_kernel';
import { callHook, RUNNING, writeStatus, WEB, type Guest } from './guest';
import { addForeign, everything, foreign, ours } from './host_state';
import { ADDRESS, buildLab, CONF, configureHost, doOn, plugTap, unplugTap } from './lab';
import { succeed } from '../succeed';

/** A second guest, which wants the addresses of the first. */
const DB: Guest = { name: 'db', dev: 'vnet1', mac: '52:54:00:00:00:06' };

describeOwnKernel('guest_routes refuses the start of a guest', (kernel) => {
  let before: string[] = [];
  beforeAll(async () => {
    await buildLab(kernel);
    await addForeign(kernel, 'host1');
    await plugTap(kernel, 'host1');
    before = await foreign(kernel, 'host1');
  });

  const PROBED = CONF.replace('probe = no', 'probe = yes');

  test.each<[why: string, conf: string, make: string, undo: string, report: RegExp]>([
    [
      'another program has made the route',
      CONF,
      `ip route add ${ADDRESS.v4}/32 dev red proto static`,
      `ip route del ${ADDRESS.v4}/32 dev red`,
      /203\.0\.113\.20 dev red/,
    ],
    [
      'another program answers for the address',
      CONF,
      `ip -6 neigh add proxy ${ADDRESS.v6} dev eth0`,
      `ip -6 neigh del proxy ${ADDRESS.v6} dev eth0`,
      /proxy entry for 2001:db8::20 on eth0/,
    ],
    [
      "it is the host's own address",
      CONF,
      `ip addr add ${ADDRESS.v4}/32 dev red`,
      `ip addr del ${ADDRESS.v4}/32 dev red`,
      /203\.0\.113\.20 is an address of this host, on red/,
    ],
    ['there is no such uplink', CONF.replace('eth0', 'eth7'), ':', ':', /no interface eth7/],
    [
      'IPv6 is not forwarded',
      CONF,
      'echo 0 >/proc/sys/net/ipv6/conf/all/forwarding',
      'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding',
      /net\.ipv6\.conf\.all\.forwarding = 0/,
    ],
    [
      'IPv4 is not forwarded on the uplink',
      CONF,
      'echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding',
      'echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding',
      /net\.ipv4\.conf\.eth0\.forwarding = 0/,
    ],
    ['there is no such VRF', `${CONF}vrf = nowhere\n`, ':', ':', /no VRF nowhere/],
  ])('%s', async (_why, conf, make, undo, report) => {
    await configureHost(kernel, 'host1', conf);
    await doOn(kernel, 'host1', make);
    const found = await everything(kernel, 'host1');
    const { status, stdout, stderr } = await callHook(kernel, 'host1', WEB, 'start begin');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(report);
    expect(await everything(kernel, 'host1')).toEqual(found);
    await doOn(kernel, 'host1', undo);
    expect(await foreign(kernel, 'host1')).toEqual(before);
  });

  test.each([ADDRESS.v4, ADDRESS.v6])('another machine has the address %s', async (address) => {
    await configureHost(kernel, 'host1', PROBED);
    await succeed(
      kernel,
      `ip netns add stranger
         nsenter --net=/run/netns/stranger sh -c 'cd /proc/sys/net/ipv6/conf; for which in all default; do
           echo 0 >$which/disable_ipv6; echo 0 >$which/accept_dad; done'
         ip link add eth0 address 52:54:00:00:00:99 netns stranger type veth peer name lan-stranger
         ip link set lan-stranger master lan up; ip -n stranger link set eth0 up
         ip -n stranger addr add ${address} dev eth0`,
    );
    const found = await everything(kernel, 'host1');
    const { status, stderr } = await callHook(kernel, 'host1', WEB, 'start begin');
    expect(stderr).toContain(`${address} is answered on eth0 by 52:54:00:00:00:99`);
    expect(status).toBe(1);
    expect(await everything(kernel, 'host1')).toEqual(found);
    await succeed(kernel, 'ip netns del stranger; ip link del lan-stranger 2>/dev/null || true');
    expect(await foreign(kernel, 'host1')).toEqual(before);
  });

  test('two guests that want one address start at once: one of them does', async () => {
    await configureHost(
      kernel,
      'host1',
      `${CONF}[db]\nguest = db\nnic = 0\naddress = ${Object.values(ADDRESS).join()}\n`,
    );
    await plugTap(kernel, 'host1', 'vnet1');
    const results = await Promise.all(
      [WEB, DB].map((guest) => callHook(kernel, 'host1', guest, 'start begin')),
    );
    expect(results.map(({ status }) => status).sort()).toEqual([0, 1]);
    const winner = results[0]?.status === 0 ? 'vnet0' : 'vnet1';
    expect(await ours(kernel, 'host1')).toEqual([
      'proxy 2001:db8::20 eth0',
      'proxy 203.0.113.20 eth0',
      `route 2001:db8::20 ${winner}`,
      `route 203.0.113.20 ${winner}`,
    ]);
    for (const guest of [WEB, DB]) {
      await unplugTap(kernel, 'host1', guest.dev ?? '');
      expect(await callHook(kernel, 'host1', guest, 'stopped end')).toMatchObject({ status: 0 });
    }
    expect(await ours(kernel, 'host1')).toEqual([]);
    await plugTap(kernel, 'host1');
  });

  test('another guest has the address; if nobody has, it may start', async () => {
    await configureHost(kernel, 'host1', `${PROBED}[db]\nguest = db\nnic = 0\naddress = ${ADDRESS.v4}\n`);
    expect(await callHook(kernel, 'host1', WEB, 'start begin')).toMatchObject({ status: 0, stderr: '' });
    await writeStatus(kernel, 'host1', WEB, RUNNING);
    await plugTap(kernel, 'host1', 'vnet1');
    const found = await everything(kernel, 'host1');
    const { status, stderr } = await callHook(kernel, 'host1', DB, 'start begin');
    expect(status).toBe(1);
    expect(stderr).toMatch(/203\.0\.113\.20 belongs to guest web \(vnet0\)/);
    expect(await everything(kernel, 'host1')).toEqual(found);
    // libvirt's next call, after a start that failed, takes nothing away from the other guest.
    expect(await callHook(kernel, 'host1', DB, 'stopped end')).toMatchObject({ status: 0 });
    expect(await ours(kernel, 'host1')).toHaveLength(4);
  });
});
