import { describePortVlans } from '../../model/vlan/port_vlans';
import { shellQuote } from '../../text/shell_quote';
import { uplinksAmong, type TracedPort } from './traced_port';
import type { TraceCause } from './verdict';

/** Why frames stop, in sentences, and commands that change it. */
export function describeCause(
  cause: TraceCause,
  { dev, vlans, bridge, exits }: TracedPort,
): { text: string; commands: string[] } {
  const has = `Port ${dev} has ${describePortVlans(vlans)}.`;
  const uplinks = uplinksAmong(exits).map((exit) => exit.dev);
  switch (cause.code) {
    case 'untagged-without-pvid':
      return {
        text: `The guest sends untagged frames, which the port does not accept. ${has} Set pvid in its section of vlan_filtering.conf, or let the guest tag its frames.`,
        commands: [],
      };
    case 'vlan-not-on-port':
      return {
        text: `The guest sends in VLAN ${cause.vlan}, which the port does not accept. ${has} Add VLAN ${cause.vlan} to its section of vlan_filtering.conf, or use another VLAN in the guest.`,
        commands: [],
      };
    case 'vlan-not-on-uplink':
      return {
        text: `No uplink of ${bridge.name} (${uplinks.join(', ')}) carries VLAN ${cause.vlan}. Name one as trunk-port in bridge_init.conf, or add the VLAN:`,
        commands: [`sudo bridge vlan add dev ${shellQuote(uplinks[0] ?? '')} vid ${cause.vlan}`],
      };
    case 'no-uplink':
      return {
        text: `Bridge ${bridge.name} has no uplink, and this host itself is not in the guest's VLAN. Add an uplink to the bridge, or run a DHCP server on this host, in that VLAN.`,
        commands: [],
      };
    case 'answer-in-other-vlan':
      return {
        text: `The answer came in ${cause.vlan === null ? 'without a VLAN' : `VLAN ${cause.vlan}`}, but the question left in another one. Compare the native VLAN of the switch port with the PVID of the uplink.`,
        commands: [],
      };
  }
}
