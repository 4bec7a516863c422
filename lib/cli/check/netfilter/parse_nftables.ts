import { both, walk, type Fate, type Rule, type Target } from './chains';
import type { Packet } from './packet';
import { matchNftables, type Match } from './match_nftables';

/** Parts of the output of `nft -j list ruleset`. Source: libnftables-json(5). */
export interface NftablesItem {
  readonly chain?: {
    readonly family: string;
    readonly table: string;
    readonly name: string;
    readonly type?: string;
    readonly hook?: string;
    readonly policy?: string;
  };
  readonly rule?: {
    readonly family: string;
    readonly table: string;
    readonly chain: string;
    readonly expr?: readonly Statement[];
  };
}

type Statement = Readonly<Record<string, unknown>>;

/** A base chain that the packet passes, and what becomes of it there. */
export interface ChainFate {
  readonly table: { readonly family: string; readonly name: string };
  readonly fate: Fate;
  /** Whether the table has extensions of iptables, of which nft prints only the names. */
  readonly hasExtensions: boolean;
}

/** The families of tables that see IPv4 and IPv6. */
const FAMILIES = { 4: ['ip', 'inet'], 6: ['ip6', 'inet'] } as const;

/** Statements that neither end the packet's way nor depend on it. */
const NEUTRAL = ['counter', 'log', 'mangle', 'notrack', 'flow'];

/** The rules, chains and tables; null: the output cannot be parsed. */
export function parseNftables(output: string): readonly NftablesItem[] | null {
  try {
    const { nftables = [] } = JSON.parse(output === '' ? '{}' : output) as {
      nftables?: readonly NftablesItem[];
    };
    return nftables;
  } catch {
    return null;
  }
}

/** Whether any rule sets marks, in any table. */
export function setsMarksInNftables(items: readonly NftablesItem[]): boolean {
  const isMark = ({ mangle, xt }: Statement): boolean => {
    const { key } = (mangle ?? {}) as { key?: { meta?: { key?: string } } };
    const { name } = (xt ?? {}) as { name?: string };
    return key?.meta?.key === 'mark' || name === 'MARK' || name === 'CONNMARK';
  };
  return items.some(({ rule }) => rule?.expr?.some(isMark) === true);
}

/** What becomes of the packet in each base chain that it passes. */
export function fatesInNftables(items: readonly NftablesItem[], packet: Packet): ChainFate[] {
  const tables = new Map<string, Map<string, Rule[]>>();
  for (const { chain } of items) {
    if (chain === undefined) continue;
    const table = `${chain.family} ${chain.table}`;
    tables.set(table, (tables.get(table) ?? new Map<string, Rule[]>()).set(chain.name, []));
  }
  const extended = new Set<string>();
  for (const { rule } of items) {
    if (rule === undefined) continue;
    const { expr = [] } = rule;
    const table = `${rule.family} ${rule.table}`;
    if (expr.some(({ xt }) => xt !== undefined)) extended.add(table);
    tables
      .get(table)
      ?.get(rule.chain)
      ?.push(...toRules(expr, packet));
  }
  const seen: readonly string[] = FAMILIES[packet.family];
  return items.flatMap(({ chain }) => {
    if (chain?.hook !== 'forward' || chain.type !== 'filter' || !seen.includes(chain.family)) return [];
    const key = `${chain.family} ${chain.table}`;
    const chains = tables.get(key) ?? new Map<string, Rule[]>();
    const fate = walk(chains, chain.name, chain.policy === 'drop' ? 'drop' : 'accept');
    const table = { family: chain.family, name: chain.table };
    return [{ table, fate, hasExtensions: extended.has(key) }];
  });
}

/** A rule has at most one verdict; a verdict map has several. */
function toRules(statements: readonly Statement[], packet: Packet): Rule[] {
  let matches: boolean | null = true;
  for (const statement of statements) {
    const [kind = '', value] = Object.entries(statement)[0] ?? [];
    const target = toTarget(kind, value);
    if (target !== null) return [{ matches, target }];
    if (kind === 'vmap') return byMap(value as VerdictMap, packet, matches);
    if (kind === 'match') matches = both(matches, matchNftables(value as Match, packet));
    // A limit, an extension of iptables or the like.
    else if (!NEUTRAL.includes(kind)) matches = both(matches, null);
  }
  return [];
}

function toTarget(kind: string, value: unknown): Target | null {
  switch (kind) {
    case 'accept':
    case 'queue':
      return { verdict: 'accept' };
    case 'drop':
    case 'reject':
      return { verdict: 'drop' };
    case 'return':
      return { verdict: 'return' };
    case 'jump':
    case 'goto':
      return { chain: (value as { target: string }).target, isGoto: kind === 'goto' };
    default:
      return null;
  }
}

interface VerdictMap {
  readonly key?: unknown;
  /** The name of a map, or its elements: pairs of a key and a verdict. */
  readonly data?: string | { readonly set?: readonly (readonly [unknown, Statement])[] };
}

function byMap({ key, data }: VerdictMap, packet: Packet, before: boolean | null): Rule[] {
  // The elements of a named map are not in the rule.
  if (typeof data !== 'object') return [{ matches: both(before, null), target: { verdict: 'accept' } }];
  return (data.set ?? []).flatMap(([element, verdict]) => {
    const is = matchNftables({ op: '==', left: key, right: element }, packet);
    const [kind = '', value] = Object.entries(verdict)[0] ?? [];
    return [{ matches: both(is, before), target: toTarget(kind, value) }];
  });
}
