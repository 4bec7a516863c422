import { describeMachine } from './describe_machine';
import { guestState, restartLibvirtd, startGuest } from './guests';
import { hooks, readLog } from './installed';
import { confs, guestsWanted, hostWanted, whenGuestsRun } from './readme_example';
import { until } from './until';
import { vlansOf, vlansOfAll } from './vlans';
import { isWhole, onlyWhole } from './test_depth';

const conf = `${hooks}/conf/bridge_init.conf`;
const pending = '/var/lib/kvmvlan/pending.json';
/** The host moves to a VLAN that the trunk has, and nobody at its other end. */
const moved = confs.bridge_init.replace('br-pvid = 1', 'br-pvid = 300');

describeMachine('a change that nobody confirms', (machine) => {
  const all = { ...hostWanted, ...guestsWanted };
  const vlans = (): Promise<Record<string, string>> => vlansOfAll(machine(), Object.keys(all));
  const must = (command: string): Promise<string> => machine().must(command);
  const isPending = async (): Promise<boolean> => (await machine().run(`test -e ${pending}`)).status === 0;
  const isBack = async (): Promise<boolean> => !(await isPending());

  /** VM1 runs, VM2 does not; a network of libvirt is defined; the conf that holds is known to have held. */
  beforeEach(async () => {
    await whenGuestsRun(machine());
    await machine().prepared('before-a-change', async () => {
      await must('virsh --quiet destroy VM2; virsh --quiet autostart VM1; virsh --quiet autostart VM2');
      await machine().must('virsh --quiet net-define /dev/stdin', {
        stdin: "<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>",
      });
      await must(
        `rm -f ${hooks}/logs/daemon_reload_*; ip addr add 192.0.2.1/24 dev br0; systemctl reload libvirtd`,
      );
      // All of it: a hook that still runs would find the next conf.
      for (const plugin of ['bridge_init', 'vlan_filtering'])
        await until(`${plugin} has seen the reload`, async () =>
          (await readLog(machine(), `daemon_reload_${plugin}`)).includes(`${plugin}: ok`),
        );
      expect(await must('ls /var/lib/kvmvlan/applied')).toContain('bridge_init.conf');
      await must('systemctl start kvmvlan.service');
    });
  });

  /** The host, its trunk and VM1 are as before the change, whatever else has come; so is the conf. */
  async function expectAsBefore(): Promise<void> {
    const { eth0, br0, veth0 } = await vlans();
    expect({ eth0, br0, veth0 }).toEqual({ ...hostWanted, veth0: guestsWanted.veth0 });
    expect(await must(`cat ${conf}`)).toBe(confs.bridge_init);
    expect(await must(`cat ${conf}.rejected`)).toBe(moved);
  }

  async function expectReported(why: string): Promise<void> {
    const status = await machine().run('kvmvlan status');
    expect(status.stdout.replace(/\s+/g, ' ')).toContain(why);
    expect(status.stdout.replace(/\s+/g, ' ')).toContain(`${conf}.rejected`);
    const { findings } = JSON.parse((await machine().run('kvmvlan check --json')).stdout) as {
      findings: { item: string; level: string; message: string; remedy: string }[];
    };
    expect(findings.filter(({ item }) => item === 'change')).toEqual([
      {
        item: 'change',
        code: 'change-rolled-back',
        level: 'warning',
        message: expect.stringContaining(why) as string,
        remedy: `diff -u ${conf} ${conf}.rejected`,
      },
    ]);
    expect(await must('journalctl -t kvmvlan --no-pager --output=cat')).toContain(why);
    expect(await must('cat /run/motd.d/kvmvlan')).toContain(why);
  }

  test('is rolled back, and no event brings it back', async () => {
    await machine().write(conf, moved);
    // As in a session that logind ends with all that it started (KillUserProcesses=yes).
    await must(
      `systemd-run --quiet --scope --unit=session sh -c 'kvmvlan apply --yes --confirm 20 >/run/applied; sleep 1000' &
       for try in $(seq 200); do grep -q connected /run/applied 2>/dev/null && break; sleep 0.2; done
       grep connected /run/applied`,
    );
    expect(await vlansOf(machine(), 'br0')).toBe('200, 300 PVID Egress Untagged');
    await must('systemctl kill --signal=KILL session.scope');
    await until('it is rolled back', isBack);
    expect(await vlans()).toMatchObject(hostWanted);
    await expectAsBefore();
    await expectReported('it was not confirmed in time');

    await startGuest(machine(), 'VM2');
    expect(await vlans()).toEqual(all);
    await expectAsBefore();

    await must('virsh --quiet net-start lan');
    await expectAsBefore();

    await must(
      'virsh --quiet attach-interface VM1 bridge br0 --mac 52:54:00:00:09:09 --target hot0 --model virtio --live',
    );
    await must('for try in $(seq 50); do systemctl is-active -q kvmvlan.service || break; sleep 0.2; done');
    await expectAsBefore();

    await restartLibvirtd(machine());
    await expectAsBefore();

    await must('systemctl reload libvirtd; virsh --quiet list >/dev/null; sleep 5');
    await expectAsBefore();

    if (!isWhole) return;
    await must('virsh --quiet destroy VM1; virsh --quiet destroy VM2');
    await machine().reboot();
    await until('VM1 runs', async () => (await guestState(machine(), 'VM1')) === 'running');
    await expectAsBefore();
  });

  onlyWhole(() => {
    test('is rolled back by a reboot inside the window', async () => {
      await machine().write(conf, moved);
      await must('kvmvlan apply --yes --confirm 3600');
      expect(await vlansOf(machine(), 'br0')).toBe('200, 300 PVID Egress Untagged');
      expect(await must('kvmvlan status; true')).toContain('waits to be confirmed');
      await must('virsh --quiet destroy VM1');
      await machine().reboot();
      await until('VM1 runs', async () => (await guestState(machine(), 'VM1')) === 'running');
      await expectAsBefore();
      expect(await isPending()).toBe(false);
      await expectReported('the host was rebooted before it was confirmed');
      expect((await machine().run('kvmvlan confirm')).stderr).toContain('nothing waits to be confirmed');
    });

    test('is rolled back by hand; tried again and confirmed it stays, also over a reboot', async () => {
      await machine().write(conf, moved);
      await must('kvmvlan apply --yes --confirm 3600');
      expect(await must('kvmvlan undo')).toContain(`${conf}.rejected`);
      await expectAsBefore();
      await expectReported('it was undone by hand');

      await must(`mv ${conf}.rejected ${conf}; kvmvlan apply --yes --confirm 3600; kvmvlan confirm`);
      expect(await must('kvmvlan status; true')).not.toContain('rolled back');
      await must('virsh --quiet destroy VM1');
      await machine().reboot();
      await until('VM1 runs', async () => (await guestState(machine(), 'VM1')) === 'running');
      expect(await vlansOf(machine(), 'br0')).toBe('200, 300 PVID Egress Untagged');
      expect(await must(`cat ${conf}`)).toBe(moved);
    });
  });
});
