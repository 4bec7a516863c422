import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { defineGuest, startGuest } from './guests';
import { hooks } from './installed';
import { IPXE_STAY, ipxeConnect, ipxeUp } from './ipxe';
import { whenSwitching } from './readme_example';
import { ROUTER_SETTINGS } from './routed';
import { until } from './until';

const CONF = `[DEFAULT]\nuplink = none\n[tap-a]\nguest = a\naddress = 10.9.0.20\n[tap-b]\nguest = a\naddress = 10.9.0.21\n`;
const SECOND = `<interface type='ethernet'><mac address='52:54:00:00:aa:02'/><target dev='tap-b'/><model type='virtio'/></interface>`;

describeMachine('a routed interface', (machine) => {
  const must = (script: string): Promise<string> => machine().must(script);
  const routed = (): Promise<string> => must('ip route show proto 107; nft list ruleset');
  /** How many frames of a tap have been dropped. */
  const dropped = async (tap: string): Promise<number> => {
    const chain = await must(`nft list chain netdev kvmvlan tap-${tap}`);
    return [...chain.matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  test('its filter drops what its guest sends from an address that is not its own; it can be plugged and unplugged', async () => {
    await whenSwitching(machine());
    await machine().write(`${hooks}/conf/guest_routes.conf`, CONF);
    await must('for conf in all default; do echo 1 >/proc/sys/net/ipv4/conf/$conf/forwarding; done');
    const nics = [{ mac: '52:54:00:00:aa:01', device: 'tap-a', isRouted: true }];
    await defineGuest(machine(), { name: 'a', nics, sends: true });
    await startGuest(machine(), 'a');
    expect(await routed()).toContain('10.9.0.20 dev tap-a');
    // The firmware asks for an address by DHCP, from 0.0.0.0.
    await until('its frames are dropped', async () => (await dropped('tap-a')) > 0);

    await machine().must('virsh --quiet attach-device a /dev/stdin --live', { stdin: SECOND });
    await until('the second one is routed', async () => (await routed()).includes('10.9.0.21 dev tap-b'));
    await machine().must('virsh --quiet detach-device a /dev/stdin --live', { stdin: SECOND });
    // Without a system, the guest lets go of it when it is reset.
    await must('virsh --quiet reset a');
    await until('nothing of the second one is left', async () => !(await routed()).includes('tap-b'));
    expect(await routed()).toContain('10.9.0.20 dev tap-a');

    await must('virsh --quiet destroy a');
    await until('nothing is left', async () => !(await routed()).includes('tap-'));
    expect(await denials(machine())).toEqual([]);
  });

  test('what its guest forges stays in its tap, and what it sends from its own addresses arrives', async () => {
    const [own, forgedMac, forgedIp] = ['52:54:00:00:aa:01', '52:54:00:99:99:99', '10.9.0.66'];
    const OUTSIDE = '198.51.100.1';
    await whenSwitching(machine());
    await must(
      `ip netns add lan; ip link add wire type veth peer name outside netns lan
       ip addr add 10.9.0.1/24 dev wire; ip link set wire up; ip -n lan link set outside up
       ip -n lan addr add 10.9.0.254/24 dev outside; ip -n lan addr add ${OUTSIDE}/32 dev outside
       ip route add ${OUTSIDE} via 10.9.0.254
       (${ROUTER_SETTINGS})`,
    );
    await machine().write(
      `${hooks}/conf/guest_routes.conf`,
      '[tap-a]\nguest = a\nuplink = wire\naddress = 10.9.0.20\n',
    );
    await defineGuest(machine(), {
      name: 'a',
      nics: [{ mac: own, device: 'tap-a', isRouted: true }],
      ipxe: [
        // Until both captures run.
        'sleep 30',
        ...[...ipxeUp('10.9.0.20'), ipxeConnect(OUTSIDE, 1)],
        ...[...ipxeUp(forgedIp), ipxeConnect(OUTSIDE, 2), 'ifclose net0'],
        ...[...ipxeUp('10.9.0.20', forgedMac), ipxeConnect(OUTSIDE, 3), 'ifclose net0'],
        ...[...ipxeUp('10.9.0.20', own), IPXE_STAY],
      ],
    });
    await startGuest(machine(), 'a');
    // Through a pipe: AppArmor's profile of tcpdump lets it write to no file from another network namespace.
    const capture = (where: string, command: string): string =>
      `${command} -Z root -lnne 2>&1 </dev/null | cat >/run/in-${where} &
       until grep -q 'listening on' /run/in-${where}; do kill -0 $!; sleep 0.1; done`;
    await must(
      `${capture('tap', 'tcpdump -i tap-a')}\n${capture('lan', 'ip netns exec lan tcpdump -i outside')}`,
    );
    const seen = async (where: string, what: string): Promise<string[]> =>
      (await must(`cat /run/in-${where}`)).split('\n').filter((line) => line.includes(what));
    await until(
      'it has forged its MAC address',
      async () => (await seen('tap', `${forgedMac} >`)).length > 0,
    );
    // At the end it is honest again.
    await until(
      'it answers pings',
      async () => (await machine().run('ip netns exec lan ping -c 1 -W 1 10.9.0.20')).status === 0,
    );
    /** What came from the guest: who sent it, from which port of whom. */
    const connections = async (where: string): Promise<string[]> => {
      const lines = (await seen(where, `> ${OUTSIDE}.`)).join('\n');
      const found = lines.matchAll(/ (\S+)\.\d+ > 198\.51\.100\.1\.(\d+):/g);
      return [...new Set([...found].map(([, from, port]) => `${from} to ${port}`))];
    };
    expect(await connections('tap')).toEqual(expect.arrayContaining(['10.9.0.20 to 1', `${forgedIp} to 2`]));
    expect(await connections('lan')).toEqual(['10.9.0.20 to 1']);
    for (const forged of [forgedMac, forgedIp]) expect(await seen('lan', forged)).toEqual([]);
    expect(await must(`ip neigh show dev tap-a; ip -n lan neigh show`)).not.toContain(forgedMac);
    expect(await dropped('tap-a')).toBeGreaterThan(0);
    await must('pkill tcpdump; virsh --quiet destroy a');
    expect(await denials(machine())).toEqual([]);
  });
});
