import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { defineGuest, startGuest } from './guests';
import { hooks } from './installed';
import { whenSwitching } from './readme_example';
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
});
