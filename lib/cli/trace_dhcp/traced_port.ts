import type { HostState } from '../../apply/state/read_switches';
import type { DomainInterface } from '../../model/guest/domain';
import type { Bridge } from '../../model/host/host';
import type { PortVlans } from '../../model/vlan/port_vlans';
import { uplinksOf } from '../../plan/uplinks';
import type { Switch, SwitchPort } from '../../plan/switch/switch';

/** Where frames leave the guest's bridge: an uplink, or the bridge's own interface, which leads to this host. */
export interface Exit {
  readonly dev: string;
  readonly place: 'uplink' | 'host';
  /** Whether conf names it as a trunk. */
  readonly isTrunk: boolean;
  /** Whether it sends VLANs through a tunnel: their frames have no tag there (br_vlan_tunnel.c). */
  readonly isTunnel: boolean;
  readonly vlans: PortVlans;
}

/** The port of a guest, and the exits of its bridge. */
export interface TracedPort {
  readonly dev: string;
  readonly iface: DomainInterface;
  readonly bridge: Pick<Bridge, 'name' | 'filtering' | 'protocol'>;
  readonly vlans: PortVlans;
  /** The uplinks, then the host. */
  readonly exits: readonly Exit[];
}

/** The exits that lead out of this host. */
export function uplinksAmong(exits: readonly Exit[]): Exit[] {
  return exits.filter(({ place }) => place === 'uplink');
}

/** Why an interface of a guest has no port that could be watched. */
export type WhyUnwatched = 'no-tap' | 'no-bridge';

export interface UnwatchedInterface {
  readonly iface: DomainInterface;
  readonly why: WhyUnwatched;
}

/** The ports of a guest's interfaces, and the interfaces without one. */
export function tracedPorts(
  interfaces: readonly DomainInterface[],
  state: HostState,
): { ports: TracedPort[]; unwatched: UnwatchedInterface[] } {
  const ports: TracedPort[] = [];
  const unwatched: UnwatchedInterface[] = [];
  for (const iface of interfaces) {
    const item = state.switches.find(({ ports: all }) => all.some((port) => isOf(port, iface)));
    const port = item?.ports.find((one) => isOf(one, iface));
    if (item === undefined || port === undefined)
      unwatched.push({ iface, why: iface.hasTap ? 'no-bridge' : 'no-tap' });
    else
      ports.push({
        dev: port.name,
        iface,
        bridge: item.bridge,
        vlans: port.vlans,
        exits: exitsOf(item, state),
      });
  }
  return { ports, unwatched };
}

function isOf({ role, name }: SwitchPort, { dev }: DomainInterface): boolean {
  return role === 'guest' && name === dev;
}

function exitsOf({ bridge, ports }: Switch, { host, targets, claims }: HostState): Exit[] {
  const { trunks, others } = uplinksOf(bridge.name, host, targets, claims);
  const leadsOut = ({ name }: SwitchPort): boolean => trunks.includes(name) || others.includes(name);
  const toExit =
    (place: Exit['place']) =>
    ({ name, role, vlans, tunnels }: SwitchPort): Exit => {
      return { dev: name, place, isTrunk: role === 'trunk', isTunnel: tunnels !== null, vlans };
    };
  return [
    ...ports.filter(leadsOut).map(toExit('uplink')),
    ...ports.filter(({ role }) => role === 'host').map(toExit('host')),
  ];
}
