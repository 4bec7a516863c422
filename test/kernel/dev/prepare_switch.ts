import { buildExample, domainXml, GUESTS } from '../example_switch';
import { BRIDGE_INIT, HOOKS, VLAN_FILTERING } from '../hooks';
import type { Kernel } from '../kernel';
import { KVMVLAN, runGuests } from '../kvmvlan';
import { succeed } from '../succeed';

const COMMANDS = '/run/bin';

/** What a shell runs first: then it finds kvmvlan's commands, and is in the folder of the hooks. */
export const ENTER = `export PATH=${COMMANDS}:$PATH; cd ${HOOKS}`;

/** The README's example on a host where libvirt has started both guests, with the commands installed. */
export async function prepareSwitch(kernel: Kernel): Promise<void> {
  await buildExample(kernel);
  await runGuests(kernel);
  await succeed(kernel, `mkdir ${COMMANDS}; ln -s ${KVMVLAN} ${BRIDGE_INIT} ${VLAN_FILTERING} ${COMMANDS}`);
  await succeed(kernel, `cd /; ${HOOKS}/daemon - start - start </dev/null`);
  for (const guest of Object.keys(GUESTS))
    await succeed(kernel, `cd /; ${HOOKS}/qemu ${guest} start begin -`, { stdin: domainXml(guest) });
}
