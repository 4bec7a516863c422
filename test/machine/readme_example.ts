import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../readme_confs';
import { defineGuest, restartLibvirtd, startGuest, type Guest } from './guests';
import { install, readLog, writeConfs } from './installed';
import type { Machine } from './machine';
import { layNetwork } from './network';
import { until } from './until';

/** The confs of the README's example. */
export const confs = { bridge_init: BRIDGE_INIT_CONF, vlan_filtering: VLAN_FILTERING_CONF };

/** What the kernel must say then. */
export const hostWanted = {
  eth0: '1 PVID Egress Untagged, 100, 200, 300',
  br0: '1 PVID Egress Untagged, 200',
};
export const guestsWanted = {
  veth0: '100 PVID Egress Untagged, 200, 300',
  veth1: '1 PVID Egress Untagged, 100, 200',
  veth2: '300 PVID Egress Untagged',
};

export const mac1 = '52:54:00:00:01:00';
export const mac2 = '52:54:00:00:02:01';
const vm1: Guest = { name: 'VM1', nics: [{ mac: mac1, device: 'veth0' }] };
const vm2: Guest = {
  name: 'VM2',
  nics: [
    { mac: mac2, device: 'veth1' },
    { mac: '52:54:00:00:02:02', device: 'veth2' },
  ],
};

/** Defines VM1 and VM2; where they send, the first network card of each does. */
export async function defineGuests(machine: Machine, sends: boolean): Promise<void> {
  for (const guest of [vm1, vm2]) await defineGuest(machine, { ...guest, sends });
}

/** The host right after the installation: no hook has read the conf files yet. */
export async function whenInstalled(machine: Machine): Promise<void> {
  await machine.prepared('installed', async () => {
    await layNetwork(machine);
    await defineGuests(machine, false);
    // Without a client libvirtd ends after two minutes, and install.sh may take longer where much else runs.
    await machine.must('systemd-run --quiet --collect --unit=client virsh event --all --loop');
    await install(machine, {});
    await reloaded(machine);
    await writeConfs(machine, confs);
  });
}

/** The package has reloaded libvirtd, and its hooks have ended: they must not see conf files that are written later. */
async function reloaded(machine: Machine): Promise<void> {
  await until('the hooks of the reload have ended', async () =>
    /"reload".*"vlan_filtering"/.test(await readLog(machine, 'dispatch')),
  );
}

/** libvirtd has called its daemon hook. */
export async function whenSwitching(machine: Machine): Promise<void> {
  await machine.prepared('switching', async () => {
    await whenInstalled(machine);
    await restartLibvirtd(machine);
  });
}

/** VM1 and VM2 run. */
export async function whenGuestsRun(machine: Machine): Promise<void> {
  await machine.prepared('guests-run', async () => {
    await whenSwitching(machine);
    await Promise.all([startGuest(machine, 'VM1'), startGuest(machine, 'VM2')]);
  });
}
