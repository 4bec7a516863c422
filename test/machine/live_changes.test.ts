import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { hooks } from './installed';
import { confs, guestsWanted, whenGuestsRun } from './readme_example';
import { until } from './until';
import { vlansOf, vlansOfAll } from './vlans';

const conf = `${hooks}/conf/vlan_filtering.conf`;

describeMachine('what changes while guests run', (machine) => {
  beforeEach(() => whenGuestsRun(machine()));

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  test('a hot-plugged interface gets its VLANs, though libvirt calls no hook', async () => {
    await machine().write(conf, `${confs.vlan_filtering}\n[veth9]\nguest = VM1\npvid = 300\ntagged = 100\n`);
    await machine().must('virsh --quiet attach-interface VM1 bridge br0 --target veth9 --model virtio');
    await until('veth9 has its VLANs', async () => {
      return (await vlansOf(machine(), 'veth9')) === '100, 300 PVID Egress Untagged';
    });
    expect(await vlansOfAll(machine(), Object.keys(guestsWanted))).toEqual(guestsWanted);
  });

  test('systemctl reload libvirtd brings running guests and the trunk to an edited conf', async () => {
    await machine().write(conf, confs.vlan_filtering.replace('pvid = 100', 'pvid = 300'));
    const trunk = confs.bridge_init.replace('100 200 300', '200-299 300');
    await machine().write(`${hooks}/conf/bridge_init.conf`, trunk);
    await machine().must('systemctl reload libvirtd');
    await until('veth0 has its new VLANs', async () => {
      return (await vlansOf(machine(), 'veth0')) === '200, 300 PVID Egress Untagged';
    });
    await until('eth0 has its new VLANs', async () => {
      return (await vlansOf(machine(), 'eth0')) === '1 PVID Egress Untagged, 200-300';
    });
  });

  test('kvmvlan check finds nothing to complain of, and the machine has no failed unit', async () => {
    const { status, stdout, stderr } = await machine().run('kvmvlan check');
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(await machine().must('systemctl --failed --no-legend')).toBe('');
  });
});
