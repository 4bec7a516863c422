import { EDITED, predecessorScripts } from '../fixtures/predecessor';
import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { restartLibvirtd, startGuest } from './guests';
import { bringCheckout, hooks, readLog } from './installed';
import type { Machine } from './machine';
import { layNetwork } from './network';
import * as example from './readme_example';
import { until } from './until';
import { isFiltering, vlansOf, vlansOfAll } from './vlans';

const all = { ...example.hostWanted, ...example.guestsWanted };
const devices = Object.keys(all);

/** Its whole tree, as its README has it copied, the link for reload included; confs with their examples. */
async function installPredecessor(machine: Machine): Promise<void> {
  for (const [path, text] of Object.entries(predecessorScripts()))
    await machine.write(`${hooks}/${path}`, text, '755');
  for (const [name, text] of Object.entries(EDITED)) await machine.write(`${hooks}/conf/${name}.conf`, text);
  await machine.must(
    `mkdir ${hooks}/daemon_reload.d; ln -s ${hooks}/daemon_start.d/bridge_init.py ${hooks}/daemon_reload.d/`,
  );
}

/** A host on which it has run, with VM1 and VM2. */
async function whenPredecessorRan(machine: Machine): Promise<void> {
  await machine.prepared('predecessor', async () => {
    await layNetwork(machine);
    await example.defineGuests(machine, false);
    await installPredecessor(machine);
    await restartLibvirtd(machine);
    await Promise.all([startGuest(machine, 'VM1'), startGuest(machine, 'VM2')]);
  });
}

async function logs(machine: Machine): Promise<string[]> {
  return (await machine.must(`ls ${hooks}/logs`)).trim().split('\n');
}

describeMachine('a host of the predecessor', (machine) => {
  /** What install.sh said. */
  let said = '';

  /** kvmvlan installed over it while its guests run; libvirtd knows the hooks it has found at its start. */
  async function whenInstalledOver(): Promise<void> {
    await machine().prepared('installed-over', async () => {
      await whenPredecessorRan(machine());
      await bringCheckout(machine());
      said = await machine().must('cd /root/kvmvlan; ./install.sh 2>&1');
    });
  }

  test('has its switch, but for the commas of its own sample', async () => {
    await whenPredecessorRan(machine());
    expect(await vlansOfAll(machine(), devices)).toEqual({ ...all, veth0: '1 PVID Egress Untagged' });
    expect(await logs(machine())).toEqual([
      'daemon_start_bridge_init.log',
      'qemu_started_begin_VM1_vlan_filtering.log',
      'qemu_started_begin_VM2_vlan_filtering.log',
    ]);
  });

  test('is taken over: hooks and plugins set aside, confs as they were', async () => {
    await whenInstalledOver();
    for (const old of [
      'daemon_start.d/bridge_init.py',
      'daemon_reload.d/bridge_init.py',
      'qemu_started_begin.d/vlan_filtering.py',
    ]) {
      expect(said).toContain(`${hooks}/${old} is kvmvlan's predecessor`);
      expect((await machine().run(`[ -e ${hooks}/${old} ]`)).status).toBe(1);
    }
    for (const [name, text] of Object.entries(EDITED))
      expect(await machine().must(`cat ${hooks}/conf/${name}.conf`)).toBe(text);
    expect(await machine().must(`head -c 9 ${hooks}/qemu ${hooks}/daemon | grep -c '#!/bin/sh'`)).toBe('2\n');
    expect((await machine().run('kvmvlan check --json')).stdout).toContain(
      'the files in /etc/libvirt/hooks/conf are valid',
    );
  });

  test('is the switch of the README: after the restart, starts, restores', async () => {
    await whenInstalledOver();
    // Its guests run on, and are given what they lack.
    await restartLibvirtd(machine());
    expect(await isFiltering(machine(), 'br0')).toBe(true);
    // libvirtd serves before it has reconnected to each guest.
    await until('VM1 has its VLANs', async () => (await vlansOf(machine(), 'veth0')) === all.veth0);
    expect(await vlansOfAll(machine(), devices)).toEqual(all);
    await machine().must('virsh --quiet destroy VM1; virsh --quiet destroy VM2');
    await Promise.all([startGuest(machine(), 'VM1'), startGuest(machine(), 'VM2')]);
    expect(await vlansOfAll(machine(), devices)).toEqual(all);
    await machine().must('virsh --quiet save VM1 /root/VM1.save; virsh --quiet restore /root/VM1.save');
    expect(await vlansOfAll(machine(), devices)).toEqual(all);
    expect(await denials(machine())).toEqual([]);
  });

  test('has its logs under their old names', async () => {
    await whenInstalledOver();
    await machine().must(`rm ${hooks}/logs/*; systemctl restart libvirtd; virsh --quiet list >/dev/null`);
    await machine().write(`${hooks}/qemu_stopped_end.d/something_to_do.sh`, '#!/bin/sh\necho "$1"\n', '755');
    await machine().must('virsh --quiet destroy VM1');
    await startGuest(machine(), 'VM1');
    expect(await logs(machine())).toEqual(
      expect.arrayContaining([
        'daemon_start_bridge_init.log',
        'qemu_start_begin_VM1_vlan_filtering.log',
        'qemu_started_begin_VM1_vlan_filtering.log',
        'qemu_stopped_end_VM1_something_to_do.log',
      ]),
    );
    expect(await readLog(machine(), 'qemu_stopped_end_VM1_something_to_do')).toContain('\nVM1\n');
    expect(await readLog(machine(), 'qemu_started_begin_VM1_vlan_filtering')).toContain(
      'veth0: now PVID 100, tagged 200,300',
    );
  });
});
