import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { guestState, startGuest } from './guests';
import { hooks, readLog } from './installed';
import { confs, guestsWanted, whenSwitching } from './readme_example';
import { vlansOf } from './vlans';

describeMachine('a port that cannot be given its VLANs', (machine) => {
  beforeEach(() => whenSwitching(machine()));

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  /** Starts VM1, which must be refused; gives what the user is told. */
  async function refused(): Promise<string> {
    const { status, stderr } = await machine().run('virsh --quiet start VM1');
    expect(status).toBe(1);
    expect(await guestState(machine(), 'VM1')).toBe('shut off');
    expect((await machine().run('ip link show veth0')).status).toBe(1);
    return stderr;
  }

  test('fails the start where the bridge does not filter; virsh says which, why, and what to do', async () => {
    await machine().must(
      'systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service; ip link set br0 type bridge vlan_filtering 0',
    );
    const told = await refused();
    expect(told).toContain('/etc/libvirt/hooks/qemu VM1 start begin -');
    expect(told).toContain('veth0');
    expect(told).toContain('bridge br0 does not filter VLANs');
    expect(told).toMatch(/`bridge_init`|`ip link set br0 type bridge vlan_filtering 1`/);
    expect(told).toContain(`${hooks}/logs/qemu_start_begin_VM1_vlan_filtering.log`);
    expect(await readLog(machine(), 'qemu_start_begin_VM1_vlan_filtering')).toContain('does not filter');

    await machine().must('bridge_init');
    await startGuest(machine(), 'VM1');
    expect(await vlansOf(machine(), 'veth0')).toBe(guestsWanted.veth0);
  });

  test('fails the start where conf is wrong, with file and line; a guest it does not concern starts', async () => {
    const conf = `${hooks}/conf/vlan_filtering.conf`;
    await machine().write(conf, confs.vlan_filtering.replace('pvid = 100', 'pvid = 5000'));
    const told = await refused();
    expect(told).toContain(`${conf}:3: [veth0] pvid = 5000`);
    expect(told).toContain('4094');
    await startGuest(machine(), 'VM2');
    expect(await vlansOf(machine(), 'veth2')).toBe(guestsWanted.veth2);
  });
});
