import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { Listener, type Frame } from './frames';
import { restartLibvirtd, startGuest } from './guests';
import { hooks, readLog } from './installed';
import * as example from './readme_example';
import { isFiltering, vlansOfAll } from './vlans';
import { notShort } from './test_depth';

/** Where the frames of a guest were heard, as `<interface> <VID>`. */
function places(frames: Frame[], mac: string): string[] {
  const own = frames.filter(({ source }) => source === mac);
  return [...new Set(own.map(({ device, vid }) => `${device} ${vid ?? 'untagged'}`))].sort();
}

describeMachine('the example of the README', (machine) => {
  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  test('the start of libvirtd makes br0 a VLAN switch', async () => {
    await example.whenInstalled(machine());
    expect(await isFiltering(machine(), 'br0')).toBe(false);
    await restartLibvirtd(machine());
    expect(await vlansOfAll(machine(), ['eth0', 'br0'])).toEqual(example.hostWanted);
    expect(await isFiltering(machine(), 'br0')).toBe(true);
    const log = await readLog(machine(), 'daemon_start_bridge_init');
    expect(log).toMatch(/br0: found filtering off.*\n(.*\n)*.*br0: now filtering on/);
    expect(log).toMatch(/trunk eth0 PVID 1, tagged 100,200,300/);
    expect(log).toMatch(/in \d+ ms/);
    await machine().snapshot('switching');
  });

  test('guests that start get their VLANs, and VLAN 1 is gone where it is not wanted', async () => {
    await example.whenGuestsRun(machine());
    const all = { ...example.hostWanted, ...example.guestsWanted };
    expect(await vlansOfAll(machine(), Object.keys(all))).toEqual(all);
  });

  test('each phase has a log: what was found, changed, is now, and in how long', async () => {
    await example.whenGuestsRun(machine());
    const start = await readLog(machine(), 'qemu_start_begin_VM1_vlan_filtering');
    expect(start).toMatch(/veth0: found PVID 1; wanted PVID 100, tagged 200,300\n/);
    expect(start).toMatch(/veth0: ran bridge vlan/);
    expect(start).toMatch(/veth0: now PVID 100, tagged 200,300\n/);
    expect(start).toMatch(/done: 1 port as wanted, 1 changed, in \d+ ms\n/);
    const started = await readLog(machine(), 'qemu_started_begin_VM2_vlan_filtering');
    expect(started).toMatch(/veth1: now PVID 1, tagged 100,200, right already\n/);
    expect(started).toMatch(/veth2: now PVID 300, right already\n/);
    expect(started).toMatch(/done: 2 ports as wanted, 0 changed, in \d+ ms\n/);
    expect(await machine().must(`stat -c %U:%a ${hooks}/logs`)).toBe('root:750\n');
  });

  test('from its first frame on a guest is heard in its own VLAN only', async () => {
    await example.whenSwitching(machine());
    await example.defineGuests(machine(), true);
    const listener = await Listener.start(machine());
    await Promise.all([startGuest(machine(), 'VM1'), startGuest(machine(), 'VM2')]);
    const outside = (frames: Frame[], mac: string) =>
      frames.filter(({ device, source }) => device === 'outside' && source === mac).length >= 3;
    const heard = await listener.hear('both are heard outside', (frames) =>
      [example.mac1, example.mac2].every((mac) => outside(frames, mac)),
    );
    // VM1's VLAN 100 is tagged on the trunk and on veth1; br0 and veth2 are not in it.
    expect(places(heard, example.mac1)).toEqual(['eth0 100', 'outside 100', 'veth0 untagged', 'veth1 100']);
    // VM2's VLAN 1 is untagged on the trunk and on the bridge itself; VM1 is not in it.
    const ofVm2 = ['br0 untagged', 'eth0 untagged', 'outside untagged', 'veth1 untagged'];
    expect(places(heard, example.mac2)).toEqual(ofVm2);
  });

  notShort(() => {
    test('trace-dhcp sees how the firmware of a guest asks, through a tcpdump that AppArmor confines', async () => {
      await example.whenSwitching(machine());
      await example.defineGuests(machine(), true);
      expect(await machine().must('cat /sys/kernel/security/apparmor/profiles')).toMatch(
        /^tcpdump \(enforce\)$/m,
      );
      await startGuest(machine(), 'VM1');
      // The firmware asks only for some seconds, perhaps before the trace has begun: after a reset it asks again.
      const { status, stdout, stderr } = await machine().run(
        `for after in 15 15 15; do sleep $after; virsh --quiet reset VM1; done >/dev/null 2>&1 &
       kvmvlan trace-dhcp VM1 --seconds 60 --json`,
      );
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({
        ports: [
          {
            dev: 'veth0',
            code: 'unanswered',
            conversations: [{ protocol: 'DHCPv4', client: example.mac1, vlan: 100, question: 'DISCOVER' }],
            findings: [],
          },
        ],
      });
    });
  });
});
