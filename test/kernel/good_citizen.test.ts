import { isUplinkFilterOf, uplinkRemoval, uplinkRuleset } from '../../lib/model/routes/good_citizen';
import type { UplinkFilter } from '../../lib/model/routes/good_citizen';
import { sendFrames } from '../../lib/system/announce/send_frames';
import { readUplinkFilters } from '../../lib/system/nft/read_uplink_filters';
import { ip } from '../unit/model/routes/addresses';
import { describeNft } from './describe_own_kernel';
import { kernelExec } from './kernel_exec';
import { arp } from './raw_frames';
import { succeed } from './succeed';

const ROUTER = { mac: '02:00:00:00:00:99', address: '192.0.2.254' };
const HOST = '192.0.2.1';
const GUEST = '203.0.113.20';
/** On a bridge of the host; with proxy_arp the host answers for it, too. */
const FOREIGN = '198.51.100.7';

const FILTER: UplinkFilter = { uplink: 'eth0', addresses: [HOST, GUEST].map(ip) };

describeNft('the filter of an uplink', (kernel) => {
  const exec = kernelExec(kernel);
  const load = (ruleset: string) => succeed(kernel, 'nft -f -', { stdin: ruleset });

  /** A host with proxy_arp on its uplink; router0, the other end of that, counts what it hears. */
  beforeEach(async () => {
    await kernel.reset();
    await succeed(
      kernel,
      `ip link add eth0 type veth peer name router0 address ${ROUTER.mac}
       ip link add inside0 type veth peer name inside1
       for link in eth0 router0 inside0 inside1; do ip link set $link up; done
       ip addr add ${HOST}/24 dev eth0
       ip route add ${GUEST} dev inside0; ip route add ${FOREIGN} dev inside0
       echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv4/conf/eth0/proxy_arp
       echo 0 > /proc/sys/net/ipv4/neigh/eth0/proxy_delay
       nft -f - <<'EOF'
table netdev probe { chain heard { type filter hook ingress device "router0" priority 0
  arp operation reply counter
  arp operation request counter
}; }
EOF`,
    );
  });

  async function heard(): Promise<{ replies: number; requests: number }> {
    const stdout = await succeed(kernel, 'nft list chain netdev probe heard');
    const [replies = 0, requests = 0] = [...stdout.matchAll(/counter packets (\d+)/g)].map(([, n]) =>
      Number(n),
    );
    return { replies, requests };
  }

  /** Whether the host answers the router's question for an address. */
  async function answers(target: string): Promise<boolean> {
    const index = Number(await succeed(kernel, 'cat /sys/class/net/router0/ifindex'));
    const before = await heard();
    const frame = arp({ from: ROUTER.mac, sender: ROUTER.address, target });
    expect(await sendFrames(exec, index, [frame])).toBeNull();
    return (await heard()).replies > before.replies;
  }

  /** Whether the host asks for the router, from this address. */
  async function asks(source: string): Promise<boolean> {
    const before = await heard();
    const program = `import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("${source}", 0)); s.sendto(b"x", ("192.0.2.9", 9))`;
    await succeed(kernel, `ip neigh flush dev eth0; python3 -c '${program}'`);
    return (await heard()).requests > before.requests;
  }

  test('without it a host with proxy_arp answers for all that it has routes to', async () => {
    expect(await readUplinkFilters(exec)).toEqual(new Map());
    expect([await answers(HOST), await answers(GUEST), await answers(FOREIGN)]).toEqual([true, true, true]);
  });

  test('with it the host asks and answers for its own and its guests addresses only', async () => {
    await succeed(kernel, `ip addr add ${FOREIGN}/32 dev eth0`);
    expect([await asks(HOST), await asks(FOREIGN)]).toEqual([true, true]);
    await load(uplinkRuleset(FILTER));
    expect([await answers(HOST), await answers(GUEST), await answers(FOREIGN)]).toEqual([true, true, false]);
    expect([await asks(HOST), await asks(FOREIGN)]).toEqual([true, false]);
    await load(uplinkRemoval(['eth0', 'eth1']));
    expect(await answers(FOREIGN)).toBe(true);
  });

  test('another uplink is not concerned', async () => {
    await load(uplinkRuleset({ ...FILTER, uplink: 'inside0' }));
    expect([await answers(FOREIGN), await asks(HOST)]).toEqual([true, true]);
  });

  test('it is read back, and replaced', async () => {
    const found = async () => (await readUplinkFilters(exec))?.get('eth0');
    await load(uplinkRuleset(FILTER));
    await load(uplinkRuleset(FILTER));
    const first = await found();
    expect(first && isUplinkFilterOf(first, FILTER)).toBe(true);
    const more: UplinkFilter = { ...FILTER, addresses: [...FILTER.addresses, ip(FOREIGN)] };
    expect(first && isUplinkFilterOf(first, more)).toBe(false);
    await load(uplinkRuleset(more));
    const second = await found();
    expect(second && isUplinkFilterOf(second, more)).toBe(true);
    expect(await answers(FOREIGN)).toBe(true);
    await succeed(kernel, 'nft delete chain arp kvmvlan out-eth0');
    const third = await found();
    expect(third && isUplinkFilterOf(third, more)).toBe(false);
  });
});
