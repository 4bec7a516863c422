import type { Match, WantedPort } from '../../model/match/match_ports';
import { bridgeSource, type RuleSource } from '../../model/match/describe_rule';
import type { Host } from '../../model/host/host';
import { differingFlags, type PortFlags } from '../../model/vlan/port_flags';
import type { DomainInterface } from '../../model/guest/domain';
import { type PortVlans, samePortVlans } from '../../model/vlan/port_vlans';
import type { Tunnels } from '../../model/vlan/tunnels';
import { compareSettings, type BridgeTarget } from '../bridge_target';
import type { Claims } from '../claims';
import { mayBeGuests } from '../may_be_guests';
import { portPlace, type Misplaced } from '../port_place';
import type { PortDrift, PortRole, PortState, Switch, SwitchPort } from './switch';

/** A running guest's interface on the host. */
export interface GuestPort {
  readonly guest: string;
  readonly iface: DomainInterface;
}

/** What is known about the host's switches. One input for all, so that status, diagram, plan and check agree. */
export interface SwitchInput {
  readonly host: Host;
  /** Sections of bridge_init.conf, compared with the host. */
  readonly targets: readonly BridgeTarget[];
  readonly matches: readonly Match[];
  readonly guestPorts: readonly GuestPort[];
  readonly claims: Claims;
  /** Bridges whose forwarding table libvirt writes. */
  readonly macTableBridges: ReadonlySet<string>;
}

const ROLES: readonly PortRole[] = ['trunk', 'tunnel', 'host', 'guest', 'other'];

/** Every bridge of the host as a switch, by name. */
export function buildSwitches(input: SwitchInput): Switch[] {
  const { host, targets, matches, guestPorts, claims, macTableBridges } = input;
  const trunks = new Set(targets.flatMap((target) => target.trunks));
  const wanted = new Map(matches.flatMap((match) => match.wanted).map((port) => [port.dev, port]));
  const guests = new Map(
    guestPorts.flatMap((port) =>
      port.iface.dev === null || !port.iface.hasTap ? [] : [[port.iface.dev, port]],
    ),
  );
  return sortByKey([...host.bridges.values()], ({ name }) => naturalKey(name)).map((bridge): Switch => {
    const target = targets.find(({ rule }) => rule.bridge === bridge.name);
    const by = target === undefined ? null : bridgeSource(target.rule);
    const own = toPort({
      name: bridge.name,
      role: 'host',
      vlans: bridge.vlans,
      flags: {},
      tunnels: null,
      isUp: bridge.isUp !== false,
      wish: switchWish(target?.wish.own, by),
    });
    const ports: SwitchPort[] = [];
    for (const port of host.ports.values()) {
      if (port.bridge !== bridge.name) continue;
      const { name, vlans, flags, isUp, tunnels } = port;
      const isTrunk = target?.trunks.includes(name) === true;
      const guest = isTrunk || !mayBeGuests(port) ? undefined : guests.get(name);
      const wish =
        guestWish(wanted.get(name), host, claims, trunks) ?? switchWish(target?.wish.ports.get(name), by);
      const noGuest = tunnels === null ? 'other' : 'tunnel';
      const role = isTrunk ? 'trunk' : guest === undefined ? noGuest : 'guest';
      const isByLibvirt =
        guest !== undefined && (guest.iface.libvirtVlan || macTableBridges.has(bridge.name));
      ports.push(toPort({ name, role, vlans, flags, tunnels, isUp, wish, guest, isByLibvirt }));
    }
    return {
      bridge,
      ports: sortByKey([own, ...ports], portKey),
      wantedBy: by,
      drift: target === undefined ? [] : compareSettings(target.rule, bridge),
      macTableManager: macTableBridges.has(bridge.name) ? 'libvirt' : 'kernel',
    };
  });
}

interface Wish {
  readonly vlans: PortVlans;
  readonly flags: PortFlags;
  readonly by: RuleSource | null;
  /** Why it would have no effect; null: it would have one. */
  readonly misplaced: Misplaced | null;
}

function switchWish(vlans: PortVlans | undefined, by: RuleSource | null): Wish | null {
  return vlans === undefined ? null : { vlans, flags: {}, by, misplaced: null };
}

function guestWish(
  wanted: WantedPort | undefined,
  host: Host,
  claims: Claims,
  trunks: ReadonlySet<string>,
): Wish | null {
  if (wanted === undefined) return null;
  const { vlans, flags } = wanted.wish;
  return { vlans, flags, by: wanted.rule, misplaced: portPlace(wanted, host, claims, trunks) };
}

function toPort(port: {
  name: string;
  role: PortRole;
  vlans: PortVlans;
  flags: PortFlags;
  tunnels: Tunnels | null;
  isUp: boolean;
  wish: Wish | null;
  guest?: GuestPort | undefined;
  isByLibvirt?: boolean;
}): SwitchPort {
  const { name, role, vlans, flags, wish, guest } = port;
  const drift = wish === null ? null : driftFrom(wish, vlans, flags);
  const isOpen = wish === null && drift === null && port.isUp && role !== 'tunnel';
  const state: PortState = isOpen
    ? port.isByLibvirt === true
      ? 'libvirt'
      : 'unmanaged'
    : drift !== null
      ? 'drift'
      : !port.isUp
        ? 'down'
        : 'ok';
  return {
    name,
    role,
    guest: guest?.guest ?? null,
    iface: guest?.iface ?? null,
    vlans,
    flags,
    tunnels: port.tunnels,
    wanted: wish?.vlans ?? null,
    wantedFlags: wish?.flags ?? {},
    wantedBy: wish?.by ?? null,
    state,
    drift,
  };
}

function driftFrom(wish: Wish, vlans: PortVlans, flags: PortFlags): PortDrift | null {
  const areVlansRight = samePortVlans(vlans, wish.vlans);
  const differing = differingFlags(flags, wish.flags);
  return areVlansRight && differing.length === 0 && wish.misplaced === null
    ? null
    : { vlans: !areVlansRight, flags: differing, misplaced: wish.misplaced };
}

/** Trunks first, then tunnels, the host, then guests in the order of their interfaces. */
function portKey({ role, guest, iface, name }: SwitchPort): string {
  const place =
    guest === null ? naturalKey(name) : `${naturalKey(guest)}\0${digitsKey(String(iface?.place ?? 0))}`;
  return `${ROLES.indexOf(role)}${place}\0${name}`;
}

/** The keys must be distinct: plain strings are sorted without a comparison function. */
function sortByKey<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as T);
}

/** vnet9 before vnet10, regardless of case. An Intl.Collator would cost a tenth of node's start. */
function naturalKey(name: string): string {
  return `${name.toLowerCase().replace(/\d+/g, digitsKey)}\0${name}`;
}

/** The number of digits as one character, from `0` on, then the digits. */
function digitsKey(digits: string): string {
  const significant = digits.startsWith('0') ? digits.replace(/^0+/, '') : digits;
  return String.fromCharCode(0x30 + significant.length) + significant;
}
