import { formatConfProblem } from '../../model/conf/conf_problem';
import type { PortRule, VlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import type { DomainInterface } from '../../model/guest/domain';
import type { ExplainedRoute } from './explain_routes';
import { describeRule } from '../../model/match/describe_rule';
import { portRulesFor, type Guest, type WantedPort } from '../../model/match/match_ports';
import { matchesInterface } from '../../model/match/match_rules';
import type { Host } from '../../model/host/host';
import { describeFlags, differingFlags } from '../../model/vlan/port_flags';
import { describePortVlans, samePortVlans } from '../../model/vlan/port_vlans';
import { misplacedWords } from '../../plan/port_problems';
import type { Misplaced } from '../../plan/port_place';

/** The desired and current VLANs of one interface of a guest, and why. VLANs are in words: `PVID 100, tagged 200`. */
export interface ExplainedInterface {
  readonly nic: number | null;
  readonly dev: string | null;
  readonly mac: string | null;
  readonly alias: string | null;
  /** bridge, network, user … and its bridge or network. */
  readonly source: string;
  /** null: no section or metadata matches it, or the matching one is invalid. */
  readonly wanted: string | null;
  /** The section or metadata that sets its VLANs; null: none. */
  readonly wantedBy: string | null;
  /** Sections and metadata that also match, but come later. */
  readonly passedOver: readonly string[];
  /** null: it is not a port of a bridge, or the kernel's state could not be read. */
  readonly now: string | null;
  readonly isAsWanted: boolean | null;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** null: no section of guest_routes.conf and no metadata gives it an address. */
  readonly route: ExplainedRoute | null;
}

/**
 * @param host null: the kernel's state could not be read
 * @param routes of routed interfaces, by their place
 * @param placeOf why the VLANs of a port have no effect; null: they have
 */
export function explainInterfaces(
  conf: VlanFilteringConf,
  guest: Guest,
  host: Host | null,
  routes: ReadonlyMap<number, ExplainedRoute>,
  placeOf: (port: WantedPort, host: Host) => Misplaced | null,
): ExplainedInterface[] {
  const { rules } = portRulesFor(conf, guest);
  return (guest.interfaces ?? []).map((iface) => {
    const [rule, ...later] = rules.filter(({ conditions }) => matchesInterface(conditions, iface));
    const port = iface.dev === null ? undefined : host?.ports.get(iface.dev);
    const wish = rule?.wish ?? null;
    const flags = wish === null ? '' : describeFlags(wish.flags);
    const route = routes.get(iface.place) ?? null;
    const misplaced =
      host === null || port === undefined || rule === undefined || wish === null
        ? null
        : placeOf({ guest: guest.name, dev: port.name, iface, rule, wish }, host);
    return {
      nic: iface.nic,
      dev: iface.dev,
      mac: iface.mac,
      alias: iface.alias,
      source: describeSource(iface),
      wanted:
        wish === null
          ? null
          : [describePortVlans(wish.vlans), flags].filter((text) => text !== '').join('; '),
      wantedBy: rule === undefined ? null : describeRule(rule),
      passedOver: later.map(describeRule),
      now: port === undefined ? null : describePortVlans(port.vlans),
      isAsWanted:
        port === undefined || wish === null
          ? null
          : samePortVlans(port.vlans, wish.vlans) &&
            differingFlags(port.flags, wish.flags).length === 0 &&
            misplaced === null,
      problems: [
        ...(rule?.problems.map(formatConfProblem) ?? []),
        ...(misplaced === null ? [] : [misplacedWords(misplaced)]),
      ],
      notes: notesOn(iface, rule, rules, route !== null),
      route,
    };
  });
}

function describeSource({ type, bridge, network }: DomainInterface): string {
  const of = bridge ?? network;
  if (bridge !== null && network !== null) return `network ${network}, bridge ${bridge}`;
  return of === null || type === of
    ? type || 'of no type'
    : bridge === null
      ? `network ${of}`
      : `bridge ${of}`;
}

function notesOn(
  iface: DomainInterface,
  rule: PortRule | undefined,
  rules: readonly PortRule[],
  isRouted: boolean,
): string[] {
  const notes: string[] = [];
  const byName = rules.filter(({ conditions }) => {
    const { dev, ...others } = conditions;
    return dev !== undefined && matchesInterface(others, iface);
  });
  if (iface.dev === null && ['bridge', 'network'].includes(iface.type) && byName.length > 0)
    notes.push(
      `it gets its name when the guest starts; a section named after an interface matches only if that name is the same: ${byName.map(describeRule).join(', ')}`,
    );
  if (rule === undefined && !isRouted)
    notes.push(
      iface.libvirtVlan
        ? 'no section matches it: libvirt sets the VLANs in its <vlan>'
        : 'no section and no metadata matches it: kvmvlan does not change its port',
    );
  else if (rule !== undefined && iface.dev === null && !['bridge', 'network'].includes(iface.type))
    notes.push(`its type is ${iface.type}, so it is not a port of a bridge: the guest cannot start`);
  if (rule !== undefined && iface.libvirtVlan)
    notes.push("the guest's XML also has <vlan> for it; the conf overrides it");
  return notes;
}
