import { formatIp } from '../../lib/model/address/ip_address';
import { formatMac, parseMac } from '../../lib/model/address/mac';
import type { Exec } from '../../lib/model/io';
import { parseLinks } from '../../lib/model/network/parse_links';
import { whoAnswers, type Answers } from '../../lib/system/announce/who_answers';
import { ip } from '../unit/model/routes/addresses';
import { describeKernel } from './describe_kernel';
import type { Kernel } from './kernel';
import { quote } from './quote';
import { succeed } from './succeed';

const OTHER = '02:00:00:00:00:02';
const GUEST = '02:00:00:00:00:03';

/** Another machine at the end of a cable: addresses of its own, and addresses that it routes to a guest of its own. */
const OTHER_MACHINE = `
ip netns add other
ip link add far up type veth peer name far0 netns other
ip netns exec other sh -ec '
  sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.all.proxy_ndp=1
  ip link set lo up
  ip link set far0 address ${OTHER} up
  ip link add tap0 up type veth peer name guest0
  ip link set guest0 up
  ip addr add 192.0.2.7/24 dev far0
  ip addr add 2001:db8::7/64 dev far0 nodad
  ip route add 192.0.2.8 dev tap0
  ip route add 2001:db8::8 dev tap0
  sysctl -qw net.ipv4.neigh.far0.proxy_delay=0 net.ipv6.neigh.far0.proxy_delay=0
  ip neigh add proxy 192.0.2.8 dev far0
  ip neigh add proxy 2001:db8::8 dev far0
'`;

const OWN = ['192.0.2.7', '2001:db8::7'];
const OF_ITS_GUEST = ['192.0.2.8', '2001:db8::8'];
const FREE = ['192.0.2.9', '2001:db8::9'];

const found = (texts: readonly string[], mac: string): [string, string][] => texts.map((text) => [text, mac]);

/** Runs commands in the kernel of the test; `missing` is not installed there. */
function execIn(kernel: Kernel, missing?: string): Exec {
  return async (command, args, { input } = {}) => {
    if (command === missing) return { ok: false, stdout: '', stderr: '', end: { kind: 'not-found' } };
    const { status, ...output } = await kernel.run([command, ...args].map(quote).join(' '), {
      ...(input === undefined ? {} : { stdin: input }),
    });
    return { ok: status === 0, ...output, end: { kind: 'exit', status } };
  };
}

async function ask(
  kernel: Kernel,
  uplink: string,
  texts: readonly string[],
  missing?: string,
): Promise<Answers> {
  const links = parseLinks(await succeed(kernel, 'ip -j -d addr show'));
  const link = links.get(uplink);
  if (link === undefined) throw new Error(`there is no ${uplink}`);
  const own = new Set([...links.values()].map(({ mac }) => mac));
  return whoAnswers(execIn(kernel, missing), link, texts.map(ip), own);
}

/** The same with the answers in the order of the addresses. */
async function answers(
  kernel: Kernel,
  uplink: string,
  texts: readonly string[],
  missing?: string,
): Promise<[string, string][]> {
  const { macs, why } = await ask(kernel, uplink, texts, missing);
  if (macs === null) throw new Error(why);
  return [...macs].sort(([a], [b]) => texts.indexOf(a) - texts.indexOf(b));
}

describeKernel(
  'who answers on an interface',
  (kernel) => {
    beforeEach(async () => {
      await kernel.reset();
      await succeed(kernel, `${OTHER_MACHINE}\nip addr add 192.0.2.1/24 dev far\nsleep 2`);
    });

    test.each([undefined, 'perl'])(
      'another machine, for its addresses and those of its guests (not installed: %s)',
      async (missing) => {
        const all = [...OWN, ...OF_ITS_GUEST, ...FREE];
        expect(await answers(kernel, 'far', all, missing)).toEqual(found([...OWN, ...OF_ITS_GUEST], OTHER));
      },
    );

    test('nobody', async () => {
      expect(await answers(kernel, 'far', FREE)).toEqual([]);
    });

    test('nobody can be asked without a carrier', async () => {
      await succeed(kernel, 'ip -n other link set far0 down');
      expect(await ask(kernel, 'far', OWN)).toEqual({ macs: null, why: 'it has no carrier' });
    });

    test.each([
      ['perl', undefined, 'perl: send: Network is down'],
      ['python3', 'perl', 'python3: OSError: [Errno 100] Network is down'],
    ])('nobody can be asked if %s cannot send', async (_, missing, why) => {
      const exec = execIn(kernel, missing);
      const link = parseLinks(await succeed(kernel, 'ip -j -d addr show')).get('far');
      await succeed(kernel, 'ip link set far down');
      expect(link && (await whoAnswers(exec, link, OWN.map(ip), new Set()))).toEqual({ macs: null, why });
    });
  },
  { vlanFiltering: false },
);

describeKernel('who answers on a bridge that filters VLANs', (kernel) => {
  const vid = (dev: string, text: string): string => `bridge vlan add dev ${dev} vid ${text}`;

  beforeEach(async () => {
    await kernel.reset();
    await succeed(
      kernel,
      `${OTHER_MACHINE}
      ip link add br0 up type bridge vlan_filtering 1 vlan_default_pvid 0
      ip link set far master br0
      ${vid('far', '5')} pvid untagged
      ${vid('br0', '5 pvid untagged self')}
      ip addr add 192.0.2.1/24 dev br0
      # A guest in the bridge, in the same VLAN.
      ip netns add guest
      ip link add tap1 up type veth peer name guest0 netns guest
      ip link set tap1 master br0
      ${vid('tap1', '5')} pvid untagged
      ip -n guest link set guest0 address ${GUEST} up
      ip -n guest addr add 192.0.2.9/24 dev guest0
      ip -n guest addr add 2001:db8::9/64 dev guest0 nodad
      sleep 2`,
    );
  });

  test('machines behind its ports', async () => {
    const expected = [...found([...OWN, ...OF_ITS_GUEST], OTHER), ...found(FREE, GUEST)];
    expect(await answers(kernel, 'br0', [...OWN, ...OF_ITS_GUEST, ...FREE])).toEqual(expected);
  });

  test('nobody in another VLAN', async () => {
    await succeed(
      kernel,
      `${vid('br0', '6 pvid untagged self')}
      bridge vlan add dev br0 vid 5 self
      # Its requests reach the bridge itself too, with a tag.
      (for last in $(seq 100 200); do ip netns exec other ping -c 1 -W 0.1 192.0.2.$last; done) >/dev/null 2>&1 &`,
    );
    expect(await answers(kernel, 'br0', [...OWN, ...FREE])).toEqual([]);
  });

  test('not this host, through an interface of its own in the bridge', async () => {
    await succeed(
      kernel,
      `ip link add own0 up type veth peer name own1
      ip link set own1 up master br0
      ${vid('own1', '5')} pvid untagged
      sysctl -qw net.ipv6.conf.own0.disable_ipv6=0
      ip addr add 2001:db8::a/64 dev own0 nodad
      sleep 2`,
    );
    const links = parseLinks(await succeed(kernel, 'ip -j -d addr show'));
    const own = links.get('own0')?.mac ?? '';
    const br0 = links.get('br0');
    // It does answer: only its MAC address shows that it is this host.
    const asked = br0 && (await whoAnswers(execIn(kernel), br0, [ip('2001:db8::a')], new Set()));
    expect([...(asked?.macs ?? [])]).toEqual([[formatIp(ip('2001:db8::a')), formatMac(parseMac(own) ?? [])]]);
    expect(await answers(kernel, 'br0', ['2001:db8::a'])).toEqual([]);
  });
});
