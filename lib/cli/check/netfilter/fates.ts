import type { Fate } from './chains';
import type { Packet } from './packet';
import { fateInIptables, setsMarksInIptables } from './parse_iptables';
import { fatesInNftables, parseNftables, setsMarksInNftables } from './parse_nftables';

/** What the tools for IPv4 or IPv6 print; empty: there are no such rules; null: the tool fails. */
export interface Rules {
  /** The output of `iptables-save` or `ip6tables-save`. */
  readonly iptables: string | null;
  /** The output of `iptables-legacy-save` or `ip6tables-legacy-save`, if the other tool prints other rules. */
  readonly iptablesLegacy: string | null;
  /** The output of `nft -j -t list ruleset`. */
  readonly nftables: string | null;
}

/** What becomes of the packet in the rules of one program. */
export interface ProgramFate {
  /** `iptables`, `ip6tables`, `iptables-legacy`, `ufw`, `nftables` or, of a table of nftables, `inet firewalld`. */
  readonly by: string;
  /** null: its rules cannot be read. */
  readonly fate: Fate | null;
}

/** The table of nftables that `iptables-save` or `ip6tables-save` print too, if they are those for nftables. */
const SHARED = { 4: 'ip filter', 6: 'ip6 filter' } as const;

/** What becomes of a packet that netfilter sees, by each program that may drop it. */
export function fates(rules: Rules, asked: Packet): ProgramFate[] {
  const { iptables, iptablesLegacy } = rules;
  const items = rules.nftables === null ? null : parseNftables(rules.nftables);
  const mayBeMarked =
    [iptables, iptablesLegacy].some((saved) => saved !== null && setsMarksInIptables(saved)) ||
    (items !== null && setsMarksInNftables(items));
  const packet = { ...asked, mayBeMarked };
  const tables = asked.family === 4 ? 'iptables' : 'ip6tables';
  const sharedTable = SHARED[asked.family];
  const fateIn = (saved: string | null): Fate | null =>
    saved === null ? null : fateInIptables(saved, packet);
  const byIptables = fateIn(iptables);
  const byNftables = items === null ? null : fatesInNftables(items, packet);
  // nft prints only the names of iptables' extensions. iptables leaves out what only nft can have, often without a word.
  const isShared = iptables !== null && /\(nf_tables\)|use 'nft' tool/.test(iptables);
  const shared = (byNftables ?? []).filter(({ table }) => isShared && table === sharedTable);
  const isIptablesRight =
    byIptables !== null && shared.every(({ fate, hasExtensions }) => hasExtensions || fate === byIptables);
  return [
    ...(isShared && byNftables !== null && !isIptablesRight
      ? []
      : [{ by: /\n:ufw6?-/.test(iptables ?? '') ? 'ufw' : tables, fate: byIptables }]),
    ...(iptablesLegacy === '' ? [] : [{ by: `${tables}-legacy`, fate: fateIn(iptablesLegacy) }]),
    ...(byNftables ?? [])
      .filter((chain) => !isIptablesRight || !shared.includes(chain))
      .map(({ table, fate, hasExtensions }) => {
        // An extension may drop it.
        const mayDrop = table === sharedTable && hasExtensions && fate === 'accepted';
        return { by: table, fate: mayDrop ? ('unsure' as const) : fate };
      }),
    ...(byNftables === null ? [{ by: 'nftables', fate: null }] : []),
  ];
}
