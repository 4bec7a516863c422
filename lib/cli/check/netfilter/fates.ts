import type { Fate } from './chains';
import type { Packet } from './packet';
import { fateInIptables, setsMarksInIptables } from './parse_iptables';
import { type ChainFate, fatesInNftables, parseNftables, setsMarksInNftables } from './parse_nftables';
import { programOfTable, type Program } from './programs';

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
  readonly by: Program;
  /** null: its rules cannot be read. */
  readonly fate: Fate | null;
}

/** The table of nftables that `iptables-save` or `ip6tables-save` print too, if they are those for nftables. */
const SHARED = { 4: { family: 'ip', name: 'filter' }, 6: { family: 'ip6', name: 'filter' } } as const;

const UFW: Program = { kind: 'ufw' };
const NFTABLES: Program = { kind: 'nftables' };

/** Whether ufw has made the rules: it has chains of its own. */
function isOfUfw(saved: string | null): boolean {
  return /\n:ufw6?-/.test(saved ?? '');
}

/** What becomes of a packet that netfilter sees, by each program that may drop it. */
export function fates(rules: Rules, asked: Packet): ProgramFate[] {
  const { iptables, iptablesLegacy } = rules;
  const items = rules.nftables === null ? null : parseNftables(rules.nftables);
  const mayBeMarked =
    [iptables, iptablesLegacy].some((saved) => saved !== null && setsMarksInIptables(saved)) ||
    (items !== null && setsMarksInNftables(items));
  const packet = { ...asked, mayBeMarked };
  const tool = asked.family === 4 ? 'iptables' : 'ip6tables';
  const sharedTable = SHARED[asked.family];
  const isSharedTable = ({ family, name }: ChainFate['table']): boolean =>
    family === sharedTable.family && name === sharedTable.name;
  const fateIn = (saved: string | null): Fate | null =>
    saved === null ? null : fateInIptables(saved, packet);
  const byIptables = fateIn(iptables);
  const byNftables = items === null ? null : fatesInNftables(items, packet);
  // nft prints only the names of iptables' extensions. iptables leaves out what only nft can have, often without a word.
  const isShared = iptables !== null && /\(nf_tables\)|use 'nft' tool/.test(iptables);
  const shared = (byNftables ?? []).filter(({ table }) => isShared && isSharedTable(table));
  const isIptablesRight =
    byIptables !== null && shared.every(({ fate, hasExtensions }) => hasExtensions || fate === byIptables);
  const of = (isLegacy: boolean): Program => ({ kind: 'iptables', tool, isLegacy });
  return [
    ...(isShared && byNftables !== null && !isIptablesRight
      ? []
      : [{ by: isOfUfw(iptables) ? UFW : of(false), fate: byIptables }]),
    ...(iptablesLegacy === '' ? [] : [{ by: of(true), fate: fateIn(iptablesLegacy) }]),
    ...(byNftables ?? [])
      .filter((chain) => !isIptablesRight || !shared.includes(chain))
      .map(({ table, fate, hasExtensions }) => {
        // An extension may drop it.
        const mayDrop = isSharedTable(table) && hasExtensions && fate === 'accepted';
        return { by: programOfTable(table), fate: mayDrop ? ('unsure' as const) : fate };
      }),
    ...(byNftables === null ? [{ by: NFTABLES, fate: null }] : []),
  ];
}
