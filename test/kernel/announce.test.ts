import { announce } from '../../lib/apply/routes/announce';
import type { Exec } from '../../lib/model/io';
import { parseLinks } from '../../lib/model/network/parse_links';
import type { Announcement } from '../../lib/plan/routes/route_step';
import { findSender } from '../../lib/system/announce/send_frames';
import { ip } from '../unit/model/routes/addresses';
import { describeKernel } from './describe_kernel';
import { kernelExec } from './kernel_exec';
import { succeed } from './succeed';

const FORMER = '02:00:00:00:00:99';
const MAC = '02:00:00:00:00:01';

const WEB: readonly Announcement[] = [
  { address: ip('203.0.113.20'), uplink: 'eth0' },
  { address: ip('2001:db8::20'), uplink: 'eth0' },
];

describeKernel(
  'announcements',
  (kernel) => {
    const exec = kernelExec(kernel);
    const only =
      (sender: string): Exec =>
      (command, args, options) =>
        exec(command === sender ? command : `no-${command}`, args, options);
    const links = async () => parseLinks(await succeed(kernel, 'ip -j -d addr show'));

    /** At router0, the other end of the uplink, the guest is known by the MAC address of its former host. */
    beforeEach(async () => {
      await kernel.reset();
      await succeed(
        kernel,
        `ip link add eth0 address ${MAC} type veth peer name router0
         echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6; echo 0 > /proc/sys/net/ipv6/conf/router0/disable_ipv6
         ip link set eth0 up; ip link set router0 up; ip addr add 203.0.113.1/24 dev router0
         ip neigh replace 203.0.113.20 lladdr ${FORMER} dev router0 nud stale
         ip neigh replace 2001:db8::20 lladdr ${FORMER} dev router0 nud stale`,
      );
    });

    /** By which MAC address the router reaches the guest. */
    async function known(): Promise<Record<string, string | undefined>> {
      const text = await succeed(kernel, 'ip -j neigh show dev router0');
      const entries = JSON.parse(text) as { dst: string; lladdr?: string }[];
      const ours = entries.filter(({ dst }) => dst === '203.0.113.20' || dst === '2001:db8::20');
      return Object.fromEntries(ours.map(({ dst, lladdr }) => [dst, lladdr]));
    }

    test.each(['perl', 'python3'])('neighbours learn from what %s sends', async (sender) => {
      expect(await findSender(only(sender))).toBe(sender);
      expect(await known()).toEqual({ '203.0.113.20': FORMER, '2001:db8::20': FORMER });
      expect(await announce({ exec: only(sender) }, WEB, await links())).toEqual([]);
      expect(await known()).toEqual({ '203.0.113.20': MAC, '2001:db8::20': MAC });
    });

    test.each([
      ['perl', 'perl: send: Network is down'],
      ['python3', 'python3: OSError: [Errno 100] Network is down'],
    ])('an uplink that is down is a problem, with %s', async (sender, why) => {
      await succeed(kernel, 'ip link set eth0 down');
      const problems = await announce({ exec: only(sender) }, WEB, await links());
      expect(problems.map(({ code, message }) => [code, message])).toEqual([
        ['route-not-announced', `eth0: cannot announce 203.0.113.20, 2001:db8::20: ${why}`],
      ]);
    });

    test('so is one that has just vanished', async () => {
      const before = await links();
      await succeed(kernel, 'ip link del eth0');
      const problems = await announce({ exec }, WEB, before);
      expect(problems.map(({ code }) => code)).toEqual(['route-not-announced']);
    });
  },
  { vlanFiltering: false },
);
