import type { Fate } from './chains';
import { fateInIptables, setsMarksInIptables } from './parse_iptables';
import { fatesInNftables, parseNftables, setsMarksInNftables } from './parse_nftables';

/** What the tools print; empty: there are no such rules; null: the tool fails. */
export interface Rules {
  /** The output of `iptables-save`. */
  readonly iptables: string | null;
  /** The output of `iptables-legacy-save`, if `iptables-save` prints other rules than these. */
  readonly iptablesLegacy: string | null;
  /** The output of `nft -j -t list ruleset`. */
  readonly nftables: string | null;
}

/** What becomes of the packet in the rules of one program. */
export interface ProgramFate {
  /** `iptables`, `iptables-legacy`, `ufw`, `nftables` or, of a table of nftables, `inet firewalld`. */
  readonly by: string;
  /** null: its rules cannot be read. */
  readonly fate: Fate | null;
}

/** The table of nftables that `iptables-save` prints too, if it is the one for nftables. */
const SHARED = 'ip filter';

/** What becomes of a DHCP discover that netfilter sees on a bridge, by each program that may drop it. */
export function fates(rules: Rules, bridge: string): ProgramFate[] {
  const { iptables, iptablesLegacy } = rules;
  const items = rules.nftables === null ? null : parseNftables(rules.nftables);
  const mayBeMarked =
    [iptables, iptablesLegacy].some((saved) => saved !== null && setsMarksInIptables(saved)) ||
    (items !== null && setsMarksInNftables(items));
  const packet = { bridge, mayBeMarked };
  const fateIn = (saved: string | null): Fate | null =>
    saved === null ? null : fateInIptables(saved, packet);
  const byIptables = fateIn(iptables);
  const byNftables = items === null ? null : fatesInNftables(items, packet);
  // nft prints only the names of iptables' extensions. iptables leaves out what only nft can have, often without a word.
  const isShared = iptables !== null && /\(nf_tables\)|use 'nft' tool/.test(iptables);
  const shared = (byNftables ?? []).filter(({ table }) => isShared && table === SHARED);
  const isIptablesRight =
    byIptables !== null && shared.every(({ fate, hasExtensions }) => hasExtensions || fate === byIptables);
  return [
    ...(isShared && byNftables !== null && !isIptablesRight
      ? []
      : [{ by: iptables?.includes('\n:ufw-') === true ? 'ufw' : 'iptables', fate: byIptables }]),
    ...(iptablesLegacy === '' ? [] : [{ by: 'iptables-legacy', fate: fateIn(iptablesLegacy) }]),
    ...(byNftables ?? [])
      .filter((chain) => !isIptablesRight || !shared.includes(chain))
      .map(({ table, fate, hasExtensions }) => {
        // An extension may drop it.
        const mayDrop = table === SHARED && hasExtensions && fate === 'accepted';
        return { by: table, fate: mayDrop ? ('unsure' as const) : fate };
      }),
    ...(byNftables === null ? [{ by: 'nftables', fate: null }] : []),
  ];
}
