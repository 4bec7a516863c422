import { readMetadataRules } from '../conf/metadata_conf';
import { PORT_WISH, type PortWish } from '../conf/port_keys';
import type { VlanFilteringConf } from '../conf/vlan_filtering_conf';
import type { DomainInterface, MetadataPort, MetadataProblem } from '../guest/domain';
import type { Host } from '../host/host';
import { matchRules, rulesForGuest, type RuleMatch, type RulesForGuest, type Wanted } from './match_rules';

/** A guest, as far as it is known: a guest named by hand may have no XML. */
export interface Guest {
  readonly name: string;
  readonly uuid: string | null;
  /** null: unknown. Ports are then found by sections that are named after them. */
  readonly interfaces: readonly DomainInterface[] | null;
  readonly metadata: readonly MetadataPort[] | null;
  /** Why its metadata cannot be read; null: it can. */
  readonly metadataProblem: MetadataProblem | null;
}

/** The wish for one port of a guest, and its source. */
export type WantedPort = Wanted<PortWish>;

export interface Match extends RuleMatch<PortWish> {
  /** Interfaces that have a `<vlan>` and that no rule matches: they are left to libvirt. */
  readonly leftToLibvirt: readonly DomainInterface[];
}

/** Finds for each interface of a guest the first rule of vlan_filtering.conf or of its metadata that matches it. */
export function matchPorts(conf: VlanFilteringConf, guest: Guest): Match {
  const match = matchRules(conf, guest, portRulesFor(conf, guest), ({ hasTap }) => hasTap);
  return { ...match, leftToLibvirt: match.unmatched.filter(({ libvirtVlan }) => libvirtVlan) };
}

/** The ports to set: those of guests without a blocking problem. */
export function wantedPorts(matches: readonly Match[]): WantedPort[] {
  return matches.filter(({ blocking }) => blocking.length === 0).flatMap((match) => match.wanted);
}

/** A guest with the bridges of its taps from the kernel, if its XML names none (type ethernet). */
export function withKernelBridges(guest: Guest, { ports }: Host): Guest {
  const interfaces = guest.interfaces?.map((iface) => {
    const bridge = iface.dev === null || !iface.hasTap ? undefined : ports.get(iface.dev)?.bridge;
    return iface.bridge === null && bridge !== undefined ? { ...iface, bridge } : iface;
  });
  return { ...guest, interfaces: interfaces ?? null };
}

/** The rules for a guest's ports, with those of its metadata. */
export function portRulesFor(conf: VlanFilteringConf, guest: Guest): RulesForGuest<PortWish> {
  const { name, metadata, metadataProblem } = guest;
  const isOff = conf.metadata === 'off';
  const own = isOff ? [] : readMetadataRules(name, metadata ?? [], metadataProblem, PORT_WISH);
  return rulesForGuest(conf, guest, own);
}

/** The bridge that a port should be in, by its section or the guest's XML; null: neither names one. */
export function expectedBridge({ rule, iface }: Pick<WantedPort, 'rule' | 'iface'>): string | null {
  return rule.conditions.bridge ?? iface?.bridge ?? null;
}
