import { describeMachine } from './describe_machine';
import { defineGuest, guestState } from './guests';
import { hooks } from './installed';
import { whenSwitching } from './readme_example';
import { vlansOf } from './vlans';

const conf = '[tap1]\nguest = tagged\npvid = 100\ntagged = 200\n';

describeMachine("libvirt's own <vlan>", (machine) => {
  beforeEach(() => whenSwitching(machine()));

  test('is left to libvirt where no section names the interface; where one does, it wins, and stays', async () => {
    await machine().write(`${hooks}/conf/vlan_filtering.conf`, conf);
    const nics = [
      { mac: '52:54:00:00:03:00', device: 'tap0', vlan: 42 },
      { mac: '52:54:00:00:03:01', device: 'tap1', vlan: 43 },
    ];
    await defineGuest(machine(), { name: 'tagged', nics, isUnconfined: true });
    const version = await machine().must('libvirtd --version');
    const { status, stderr } = await machine().run('virsh --quiet start tagged');
    if (Number(/ (\d+)\./.exec(version)?.[1]) < 11) {
      // Older ones know of VLANs on Open vSwitch and SR-IOV only.
      expect(status).toBe(1);
      expect(stderr).toMatch(/vlan/i);
      expect(await guestState(machine(), 'tagged')).toBe('shut off');
      return;
    }
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const isRight = async () => {
      expect(await vlansOf(machine(), 'tap0')).toBe('42 PVID Egress Untagged');
      expect(await vlansOf(machine(), 'tap1')).toBe('100 PVID Egress Untagged, 200');
    };
    await isRight();
    await machine().must('vlan_filtering --all');
    await isRight();
    await machine().must('systemctl restart libvirtd; virsh --quiet list >/dev/null');
    await isRight();
  });
});
