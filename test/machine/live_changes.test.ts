import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { hooks, readLog } from './installed';
import { confs, guestsWanted, mac1, whenGuestsRun } from './readme_example';
import { until } from './until';
import { vlansOf, vlansOfAll } from './vlans';

const confOf = (plugin: string): string => `${hooks}/conf/${plugin}.conf`;
const guestPorts = Object.keys(guestsWanted);

describeMachine('what changes while guests run', (machine) => {
  beforeEach(() => whenGuestsRun(machine()));

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
    expect(await machine().must('systemctl --failed --no-legend')).toBe('');
  });

  const editConf = (plugin: string, text: string): Promise<void> => machine().write(confOf(plugin), text);
  const haveVlans = (port: string, vlans: string): Promise<void> =>
    until(`${port} has ${vlans}`, async () => (await vlansOf(machine(), port)) === vlans);

  test('a hot-plugged interface gets its VLANs, though libvirt calls no hook; one that is unplugged does no harm', async () => {
    await editConf(
      'vlan_filtering',
      `${confs.vlan_filtering}\n[hot]\nmac = 52:54:00:00:09:09\nguest = VM1\npvid = 300\ntagged = 100\n`,
    );
    // As libvirt names it: vnet and a number.
    await machine().must(
      'virsh --quiet attach-interface VM1 bridge br0 --mac 52:54:00:00:09:09 --model virtio --live',
    );
    const list = await machine().must('virsh --quiet domiflist VM1');
    const port = /^ *(vnet\d+) .*52:54:00:00:09:09/m.exec(list)?.[1] ?? '';
    expect(port).not.toBe('');
    await haveVlans(port, '100, 300 PVID Egress Untagged');
    expect(await vlansOfAll(machine(), guestPorts)).toEqual(guestsWanted);

    // Its firmware does not answer, but libvirt has asked, and what hears of it must come to no harm.
    await machine().must('virsh --quiet detach-interface VM1 bridge --mac 52:54:00:00:09:09 --live');
    await machine().must(
      `ip link del ${port} 2>/dev/null || true; kvmvlan status >/dev/null || [ $? -eq 1 ]`,
    );
    expect(await vlansOfAll(machine(), guestPorts)).toEqual(guestsWanted);

    // A running guest lacks a port: the unit has failed, and says so until a run is good again.
    await machine().must(
      'systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service kvmvlan-followup.service; ! systemctl start kvmvlan.service',
    );
    expect(await machine().must('systemctl --failed --no-legend --plain')).toContain('kvmvlan.service');
    await editConf('vlan_filtering', confs.vlan_filtering);
    await machine().must('systemctl stop kvmvlan-followup.service; systemctl start kvmvlan.service');
  });

  test('an interface that update-device moves to another bridge, and back, has its VLANs again', async () => {
    await editConf(
      'bridge_init',
      `${confs.bridge_init}\n[br1]\ntrunk-port = eth1\ntrunk-pvid = 1\nbr-pvid = 1\n`,
    );
    await machine().must(
      'ip link add br1 type bridge; ip link add eth1 type dummy; ip link set eth1 master br1 up; ip link set br1 up; bridge_init',
    );
    for (const bridge of ['br1', 'br0']) {
      await machine().must('virsh --quiet update-device VM1 /dev/stdin --live', {
        stdin: `<interface type='bridge'><source bridge='${bridge}'/><mac address='${mac1}'/><target dev='veth0'/>
          <model type='virtio'/><rom enabled='no'/></interface>`,
      });
      expect(await machine().must('basename $(readlink /sys/class/net/veth0/master)')).toBe(`${bridge}\n`);
      await haveVlans('veth0', guestsWanted.veth0);
    }
  });

  test('where the bridge gives no default PVID, a new port is in no VLAN until it has its own', async () => {
    await editConf('bridge_init', `${confs.bridge_init}default-pvid = none\n`);
    await machine().must(
      // The kernel takes a default PVID only while the bridge does not filter: else at boot. The repair of every
      // minute, which has the conf in effect, must not turn filtering on in between.
      `systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service
       ip link set br0 type bridge vlan_filtering 0; bridge_init`,
    );
    await editConf('vlan_filtering', `${confs.vlan_filtering}\n[veth9]\nguest = VM1\npvid = 300\n`);
    await machine().must(
      'virsh --quiet attach-interface VM1 bridge br0 --target veth9 --model virtio --live',
    );
    expect(await vlansOf(machine(), 'veth9')).toBe('');
    await machine().must('systemctl start kvmvlan.path; systemctl start kvmvlan.service');
    await haveVlans('veth9', '300 PVID Egress Untagged');
  });

  test('systemctl reload libvirtd brings running guests and the trunk to edited confs', async () => {
    // A run of its own may be under way since the guests have started.
    await machine().must(
      'systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service kvmvlan-followup.service',
    );
    await editConf('vlan_filtering', confs.vlan_filtering.replace('pvid = 100', 'pvid = 300'));
    await editConf('bridge_init', confs.bridge_init.replace('100 200 300', '200 300 400'));
    await machine().must('systemctl reload libvirtd');
    await haveVlans('veth0', '200, 300 PVID Egress Untagged');
    await haveVlans('eth0', '1 PVID Egress Untagged, 200, 300, 400');
    await until('the log says so', async () =>
      /veth0: now PVID 300/.test(await readLog(machine(), 'daemon_reload_vlan_filtering')),
    );
  });
});
