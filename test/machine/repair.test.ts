import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { guestState, restartLibvirtd, startGuest } from './guests';
import { readLog } from './installed';
import { guestsWanted, hostWanted, whenGuestsRun, whenSwitching } from './readme_example';
import { until } from './until';
import { isFiltering, vlansOfAll } from './vlans';

const guestPorts = Object.keys(guestsWanted);

describeMachine('what is lost comes back', (machine) => {
  beforeEach(() => whenGuestsRun(machine()));

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  test('a restart of libvirtd gives running guests and the trunk the VLANs they lost', async () => {
    await machine().must(
      `# It would look at the guests as well: here the hook of the daemon's start must do it alone.
       systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service kvmvlan-followup.service
       bridge vlan del dev veth0 vid 200
       bridge vlan add dev veth0 vid 1 pvid untagged
       bridge vlan del dev veth2 vid 300
       bridge vlan del dev eth0 vid 100
       ip link set br0 type bridge vlan_filtering 0`,
    );
    const pids = await machine().must('pgrep -x qemu-system-x86');
    await restartLibvirtd(machine());
    expect(await vlansOfAll(machine(), ['eth0', 'br0'])).toEqual(hostWanted);
    expect(await isFiltering(machine(), 'br0')).toBe(true);
    expect(await readLog(machine(), 'daemon_start_bridge_init')).toMatch(/br0: found filtering off/);

    // libvirtd serves only after it.
    const log = await readLog(machine(), 'daemon_start_vlan_filtering');
    expect(log).toMatch(/veth0: found PVID 1, .*; wanted PVID 100, tagged 200,300\n/);
    expect(log).toMatch(/veth0: now PVID 100, tagged 200,300\n/);
    expect(log).toMatch(/veth2: now PVID 300\n/);
    expect(log).not.toContain('veth1');
    expect(await vlansOfAll(machine(), guestPorts)).toEqual(guestsWanted);
    expect(await machine().must('pgrep -x qemu-system-x86')).toBe(pids);
  });

  test('a guest that starts anew has its VLANs again, and others keep theirs', async () => {
    await machine().must('virsh --quiet destroy VM2');
    expect(await guestState(machine(), 'VM2')).toBe('shut off');
    await startGuest(machine(), 'VM2');
    expect(await vlansOfAll(machine(), guestPorts)).toEqual(guestsWanted);
  });

  test('a guest that was saved and is restored has its VLANs again', async () => {
    await machine().must('virsh --quiet managedsave VM1');
    expect(await guestState(machine(), 'VM1')).toBe('shut off');
    await startGuest(machine(), 'VM1');
    expect(await vlansOfAll(machine(), guestPorts)).toEqual(guestsWanted);
  });

  test('after a reboot of the host all is right with nobody doing anything', async () => {
    // No guest runs when the host shuts down: these have no system that would answer, and be waited for.
    await whenSwitching(machine());
    await machine().must('virsh --quiet autostart VM1');
    await machine().reboot();
    await until('VM1 runs', async () => (await guestState(machine(), 'VM1')) === 'running');
    expect(await vlansOfAll(machine(), ['eth0', 'br0'])).toEqual(hostWanted);
    expect(await isFiltering(machine(), 'br0')).toBe(true);
    expect(await vlansOfAll(machine(), ['veth0'])).toEqual({ veth0: guestsWanted.veth0 });
  });
});
