import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../readme_confs';
import { domainXml, GUESTS } from './demo/example';
import { installHooks } from './hooks';
import type { Kernel } from './kernel';
import { quote } from './quote';
import { succeed } from './succeed';
import { port } from './vlan_table';

export { BRIDGE_INIT_CONF, domainXml, GUESTS, VLAN_FILTERING_CONF };

/** What the README's two conf files ask for, as vlanTable() tells it. */
export const EXAMPLE_TABLE = {
  eth0: port(1, 100, 200, 300),
  br0: port(1, 200),
  veth0: port(100, 200, 300),
  veth1: port(1, 100, 200),
  veth2: port(300),
};

/** A plain bridge with an uplink, whose other end is "outside". */
export const PLAIN_BRIDGE = `
ip link add br0 up type bridge
ip link add outside up type veth peer name eth0
ip link set eth0 master br0 up`;

/** The README's example before any hook has run: installed hooks, a plain bridge, the guests' taps. */
export async function buildExample(kernel: Kernel, confs: Record<string, string> = {}): Promise<void> {
  await installHooks(kernel, {
    bridge_init: BRIDGE_INIT_CONF,
    vlan_filtering: VLAN_FILTERING_CONF,
    ...confs,
  });
  await succeed(kernel, PLAIN_BRIDGE);
  for (const tap of Object.values(GUESTS).flat()) await plugInto(kernel, tap, 'br0');
}

/** A guest's tap in a bridge, as libvirt makes it before `start begin`. */
export async function plugInto(kernel: Kernel, tap: string, bridge: string): Promise<void> {
  await kernel.plug(tap);
  await succeed(kernel, `ip link set dev ${quote(tap)} master ${bridge} up`);
}
