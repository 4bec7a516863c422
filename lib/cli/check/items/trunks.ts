import { uplinksOf } from '../../../plan/uplinks';
import type { Switch, SwitchPort } from '../../../plan/switch/switch';
import { shellName, shellQuote } from '../../../text/shell_quote';
import type { FrameFacts } from '../facts';
import type { Finding, Level } from '../finding';
import type { FindingCode } from '../finding_code';
import { isDown } from '../is_down';
import { neededVlans } from '../needed_vlans';
import { shareVlan } from '../share_vlan';

/** Modes of bonds that write the MAC address of a port into frames of guests (bond_alb.c bond_do_alb_xmit). */
const REWRITING = ['balance-tlb', 'balance-alb'];

/** The asset tag of every virtual machine of Azure. */
const AZURE = '7783-7084-3265-9085-8269-3286-77';

/** Checks for uplinks that lose the frames of guests although they are up, and for what is known about the network behind them. */
export function checkTrunks(facts: FrameFacts): Finding[] {
  const { state } = facts;
  if (state === null) return [];
  const found = state.switches.flatMap((item) => {
    const { trunks: named, others } = uplinksOf(item.bridge.name, state.host, state.targets, state.claims);
    // An uplink that conf does not name is one all the same. The settings of a tunnel are of another program.
    const trunks = item.ports.filter(
      ({ role, name }) => role !== 'tunnel' && [...named, ...others].includes(name),
    );
    return [
      ...trunks.flatMap((trunk) => [
        ...checkVlanInterfaces(item, trunk, facts),
        ...checkBond(item, trunk, facts),
        ...checkBroadcasts(item, trunk, facts),
        ...checkLearned(item, trunk, facts),
        ...checkMtu(item, trunk, facts),
      ]),
      ...checkBlocked(item, trunks, facts),
    ];
  });
  return [...found, ...checkProvider(facts)];
}

function finding(level: Level, code: FindingCode, message: string, remedy: string): Finding {
  return { item: 'trunk', code, level, message, remedy };
}

/** A VLAN interface on an uplink takes the frames of its VLAN before the bridge gets them (dev.c __netif_receive_skb_core). */
function checkVlanInterfaces(item: Switch, trunk: SwitchPort, facts: FrameFacts): Finding[] {
  const { bridge } = item;
  if (!bridge.filtering) return [];
  const needed = neededVlans(item, facts);
  return [...(facts.links?.values() ?? [])].flatMap(({ name, vlan }): Finding[] => {
    if (vlan?.on !== trunk.name || vlan.protocol.toLowerCase() !== bridge.protocol.toLowerCase()) return [];
    // The untagged frames of a VLAN are not taken.
    const vid = [...needed.keys()].find(
      (each) => each === vlan.vid && trunk.vlans.vlans.get(each) === 'tagged',
    );
    const who = vid === undefined ? undefined : needed.get(vid);
    if (who === undefined || who === `port ${trunk.name}`) return [];
    const self = `bridge vlan add dev ${shellQuote(bridge.name)} vid ${vlan.vid} self`;
    return [
      finding(
        'failure',
        'trunk-vlan-interface',
        `${name} on uplink ${trunk.name} takes all frames of VLAN ${vlan.vid}: ${who} in bridge ${bridge.name} gets none of them`,
        `ip -d addr show dev ${shellQuote(name)}   # in the network configuration, move it from ${trunk.name} to ${bridge.name}; then ${self}`,
      ),
    ];
  });
}

function checkBond({ bridge }: Switch, { name }: SwitchPort, { links, state }: FrameFacts): Finding[] {
  const bond = links?.get(name)?.bond ?? null;
  if (bond === null) return [];
  const look = `cat ${shellQuote(`/proc/net/bonding/${name}`)}`;
  if (REWRITING.includes(bond.mode))
    return [
      finding(
        'warning',
        'bond-mode',
        `uplink ${name} of ${bridge.name} is a bond in mode ${bond.mode}, which changes the MAC addresses of guests in some frames`,
        `${look}   # set the mode active-backup or 802.3ad where ${name} is configured`,
      ),
    ];
  const isAlone = bond.mode === '802.3ad' && /^[0:]+$/.test(bond.partner ?? '-');
  if (!isAlone || state?.host.ports.get(name)?.isUp !== true) return [];
  return [
    finding(
      'warning',
      'bond-without-partner',
      `uplink ${name} of ${bridge.name} is a bond with LACP, but the switch does not answer: it may forward nothing`,
      `${look}   # configure LACP on the switch for the ports of ${name}`,
    ),
  ];
}

function checkBroadcasts({ bridge }: Switch, { name }: SwitchPort, { links }: FrameFacts): Finding[] {
  if (links?.get(name)?.broadcasts !== false) return [];
  return [
    finding(
      'failure',
      'port-flags',
      `uplink ${name} of ${bridge.name} has bcast_flood off: no DHCP request of a guest leaves this host`,
      `sudo bridge link set dev ${shellQuote(name)} bcast_flood on`,
    ),
  ];
}

/** If all uplinks that are up are blocked. One of two is blocked on purpose: STP does that with a loop. */
function checkBlocked({ bridge }: Switch, trunks: readonly SwitchPort[], facts: FrameFacts): Finding[] {
  if (isDown(bridge.name, facts)) return [];
  const up = trunks.filter(({ name }) => facts.state?.host.ports.get(name)?.isUp === true);
  const states = up.map(({ name }) => facts.links?.get(name)?.portState ?? '');
  const [first] = up;
  if (first === undefined || !states.every((each) => ['blocking', 'disabled'].includes(each))) return [];
  const names = up.map(({ name }) => name).join(', ');
  const dev = shellQuote(first.name);
  return [
    finding(
      'failure',
      'trunk-blocked',
      `${names} of ${bridge.name} is ${states[0] ?? ''}: STP, root_block or bpdu_guard keeps the bridge from forwarding to it`,
      `bridge -d link show dev ${dev}   # then turn off what blocks it; bpdu_guard ends with: ip link set dev ${dev} down, then up`,
    ),
  ];
}

/** The kernel drops frames that are larger than the MTU of the port (br_forward.c is_skb_forwardable). */
function checkMtu(item: Switch, trunk: SwitchPort, { links }: FrameFacts): Finding[] {
  const { bridge, ports } = item;
  const mtuOf = (name: string): number => links?.get(name)?.mtu ?? 0;
  const limit = mtuOf(trunk.name);
  const larger = ports.filter(
    (port) =>
      ['guest', 'host'].includes(port.role) && mtuOf(port.name) > limit && shareVlan(item, port, trunk),
  );
  const [first] = larger;
  if (first === undefined || limit === 0) return [];
  const names = larger.map(({ name }) => name).join(', ');
  return [
    finding(
      'warning',
      'mtu-too-large',
      `${names} may send frames of ${mtuOf(first.name)} bytes, but uplink ${trunk.name} of ${bridge.name} drops those of more than ${limit}`,
      lowerMtu(larger, limit),
    ),
  ];
}

/** libvirt sets the MTU of a tap and the guest's own by the guest's definition. */
function lowerMtu(ports: readonly SwitchPort[], mtu: number): string {
  const guests = new Set(ports.flatMap(({ guest }) => guest ?? []));
  const hosts = ports.filter(({ guest }) => guest === null);
  const commands = [
    ...hosts.map(({ name }) => `sudo ip link set dev ${shellQuote(name)} mtu ${mtu}`),
    ...[...guests].map((guest) => `virsh edit ${shellName(guest)}`),
  ].join(' && ');
  return guests.size === 0
    ? commands
    : `${commands}   # set <mtu size='${mtu}'/> in the interface, then shut the guest down and start it`;
}

/** The MAC address of a guest that runs here must not come in from outside: a loop, or another machine has it too. */
function checkLearned(
  { bridge, ports }: Switch,
  { name }: SwitchPort,
  { fdb, running }: FrameFacts,
): Finding[] {
  // A guest that is migrated away or to here is paused.
  const isRunning = (guest: string | null): boolean =>
    running?.some((each) => each.name === guest && each.status?.state === 'running') === true;
  return ports.flatMap(({ role, guest, iface, vlans }): Finding[] => {
    if (role !== 'guest' || !isRunning(guest)) return [];
    const isLearned = fdb?.some(
      (entry) =>
        entry.isLearned &&
        entry.port === name &&
        entry.mac === iface?.mac &&
        (entry.vid === null || [...vlans.vlans.keys()].some((vid) => vid === entry.vid)),
    );
    if (isLearned !== true) return [];
    const mac = iface?.mac ?? '';
    return [
      finding(
        'warning',
        'trunk-learned-guest',
        `frames of guest ${guest ?? ''} (${mac}) come in through uplink ${name} of ${bridge.name}: a loop, or another machine has this address`,
        `sudo tcpdump -eni ${shellQuote(name)} -c 10 ether src ${mac}`,
      ),
    ];
  });
}

/** Clouds whose network drops frames of other MAC addresses than the host's. */
function checkProvider({ firmware, state, links }: FrameFacts): Finding[] {
  const trunk = state?.targets
    .flatMap(({ trunks }) => trunks)
    .find((name) => links?.get(name)?.hardware === 'other');
  if (trunk === undefined) return [];
  const cloud =
    firmware.vendor === 'Amazon EC2'
      ? 'Amazon EC2'
      : firmware.product === 'Google Compute Engine'
        ? 'Google Compute Engine'
        : firmware.assetTag === AZURE
          ? 'Azure'
          : null;
  const item = 'provider';
  if (cloud !== null)
    return [
      {
        item,
        code: 'provider-drops-guests',
        level: 'warning',
        message: `this host runs on ${cloud}, whose network drops frames of other MAC addresses than that of ${trunk}: guests reach only this host`,
        remedy: 'virsh net-start default   # connect the guests to a network of libvirt with NAT or routing',
      },
    ];
  const needs = whatHypervisorNeeds(firmware);
  if (needs === null) return [];
  const message = `this host is itself a guest: if its guests get no answers, turn on ${needs}`;
  return [{ item, code: 'ok', level: 'ok', message, remedy: null }];
}

function whatHypervisorNeeds({ vendor, product }: FrameFacts['firmware']): string | null {
  if (vendor === 'VMware, Inc.')
    return 'promiscuous mode (or MAC learning) and forged transmits for its port group of VMware';
  if (vendor === 'Microsoft Corporation' && product === 'Virtual Machine')
    return 'MAC address spoofing for its network adapter of Hyper-V';
  if (product === 'VirtualBox') return 'promiscuous mode for its network adapter of VirtualBox';
  if (vendor === 'OpenStack Foundation' || product?.startsWith('OpenStack') === true)
    return 'allowed address pairs for its port of OpenStack, or turn port security off';
  return null;
}
