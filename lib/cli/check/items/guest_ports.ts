import type { Switch, SwitchPort } from '../../../plan/switch/switch';
import { shellName, shellQuote } from '../../../text/shell_quote';
import { describePortDrift } from '../../status/describe_drift';
import type { FrameFacts } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';
import { isDown } from '../is_down';
import { shareVlan } from '../share_vlan';

/** Checks for ports of guests that do not forward what they should: in no bridge, not as wanted, blocked, or with a MAC address of another guest. */
export function checkGuestPorts(facts: FrameFacts): Finding[] {
  const { state } = facts;
  if (state === null) return [];
  const ports = state.switches.flatMap((item) =>
    item.ports.flatMap((port) => (port.role === 'guest' ? [{ item, port }] : [])),
  );
  const found = [
    ...checkMissing(facts),
    ...ports.flatMap(({ item, port }) => [
      ...checkDrift(item, port),
      ...checkState(item, port, facts),
      ...checkFlags(item, port, facts),
    ]),
    ...checkMacs(ports),
  ];
  // The item `filtering` reports a bridge that does not filter, so its ports have drift without a finding here.
  const isAsWanted = ports.every(({ port }) => port.drift === null) && state.missing.length === 0;
  if (found.length > 0 || ports.length === 0 || !isAsWanted) return found;
  return [
    { item: 'ports', code: 'ok', level: 'ok', message: 'the ports of guests are as wanted', remedy: null },
  ];
}

/** A port of a guest, and its bridge. */
interface GuestPort {
  readonly item: Switch;
  readonly port: SwitchPort;
}

function failure(code: FindingCode, message: string, remedy: string): Finding {
  return { item: 'ports', code, level: 'failure', message, remedy };
}

function checkMissing({ state }: FrameFacts): Finding[] {
  return (state?.missing ?? [])
    .filter(({ name }) => state?.host.links.has(name) === true)
    .map(({ name, guest, bridge }) =>
      failure(
        'port-in-no-bridge',
        `${name} of guest ${guest} is in no bridge${bridge === null ? '' : `, but should be in ${bridge}`}`,
        bridge === null
          ? `sudo kvmvlan explain ${shellName(guest)}`
          : `sudo vlan_filtering ${shellName(guest)}`,
      ),
    );
}

function checkDrift({ bridge }: Switch, port: SwitchPort): Finding[] {
  const { name, guest, drift } = port;
  if (drift === null || !bridge.filtering) return [];
  return [
    failure(
      'port-differs',
      `port ${name} of guest ${guest ?? ''} is not as wanted: ${describePortDrift(port) ?? ''}`,
      drift.misplaced === null
        ? `sudo vlan_filtering ${shellName(guest ?? '')}`
        : `sudo kvmvlan explain ${shellName(guest ?? '')}`,
    ),
  ];
}

/** STP or BPDU guard have blocked it. A port without a carrier is always disabled, and so is each of a bridge that is down. */
function checkState({ bridge }: Switch, { name, guest, flags }: SwitchPort, facts: FrameFacts): Finding[] {
  const found = facts.links?.get(name)?.portState ?? '';
  if (!['blocking', 'disabled'].includes(found) || isDown(bridge.name, facts)) return [];
  if (facts.state?.host.ports.get(name)?.isUp !== true) return [];
  const why = flags.bpdu_guard === true ? ', maybe by its BPDU guard' : '';
  const dev = shellQuote(name);
  return [
    failure(
      'port-not-forwarding',
      `port ${name} of guest ${guest ?? ''} is ${found}${why}: it forwards nothing`,
      `sudo ip link set dev ${dev} down && sudo ip link set dev ${dev} up   # starts it again`,
    ),
  ];
}

function checkFlags(
  { ports, macTableManager }: Switch,
  port: SwitchPort,
  { links, fdb }: FrameFacts,
): Finding[] {
  const { name, guest, flags, wantedFlags, iface } = port;
  const who = `port ${name} of guest ${guest ?? ''}`;
  const set = (dev: string, what: string): string => `sudo bridge link set dev ${shellQuote(dev)} ${what}`;
  const found: Finding[] = [];
  const trunks = ports.filter(({ role }) => role === 'trunk');
  const [trunk] = trunks;
  if (flags.isolated === true && trunk !== undefined && trunks.every((each) => each.flags.isolated === true))
    found.push(
      failure(
        'port-flags',
        `${who} and trunk ${trunk.name} are both isolated: isolated ports do not reach each other`,
        set(trunk.name, 'isolated off'),
      ),
    );
  // Without both, only static entries lead to a guest. libvirt writes them itself with macTableManager='libvirt'.
  const isClosed = flags.learning === false && flags.flood === false && macTableManager === 'kernel';
  const isWanted = wantedFlags.learning === false && wantedFlags.flood === false;
  if (
    isClosed &&
    !isWanted &&
    fdb?.some((entry) => entry.port === name && entry.mac === iface?.mac) === false
  )
    found.push(
      failure(
        'port-flags',
        `${who} has learning and flood off, and no static entry for it exists: no answer reaches the guest`,
        set(name, 'learning on flood on'),
      ),
    );
  if (links?.get(name)?.broadcasts === false)
    found.push(
      failure(
        'port-flags',
        `${who} has bcast_flood off: no broadcast reaches the guest, so nobody can find its address by ARP`,
        set(name, 'bcast_flood on'),
      ),
    );
  return found;
}

/** Two guests with the same MAC address in the same VLAN take each other's frames. */
function checkMacs(ports: readonly GuestPort[]): Finding[] {
  const before = new Map<string, GuestPort[]>();
  return ports.flatMap(({ item, port }): Finding[] => {
    const mac = port.iface?.mac ?? null;
    if (mac === null) return [];
    const same = before.get(mac) ?? [];
    before.set(mac, [...same, { item, port }]);
    const twin = same.find(
      (each) => each.item === item && each.port.guest !== port.guest && shareVlan(item, each.port, port),
    );
    if (twin === undefined) return [];
    return [
      failure(
        'mac-twice',
        `guests ${twin.port.guest ?? ''} and ${port.guest ?? ''} have the same MAC address ${mac} in bridge ${item.bridge.name}: answers reach only one of them`,
        `virsh edit ${shellName(port.guest ?? '')}   # remove <mac address='${mac}'/>, then shut it down and start it`,
      ),
    ];
  });
}
