import { formatIp, parseIp } from '../address/ip_address';
import { KnownError } from '../known_error';
import { TABLE, type NftChain, type NftFamily, type NftRule } from './chain';

/** Parts of what `nft -j list table` prints. Source: libnftables-json(5). */
interface Item {
  readonly chain?: ChainJson;
  readonly rule?: {
    readonly family: string;
    readonly table: string;
    readonly chain: string;
    readonly expr?: readonly Statement[];
  };
}

interface ChainJson {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly dev?: string | readonly string[];
  readonly prio?: number;
  readonly policy?: string;
}

type Statement = Readonly<Record<string, unknown>>;

interface Match {
  readonly op?: string;
  readonly left?: {
    readonly payload?: { readonly protocol?: string; readonly field?: string };
    readonly meta?: { readonly key?: string };
  };
  readonly right?: unknown;
}

/** The chains of guest_routes in a family, by name, from `nft -j list table`. Throws KnownError if it is not JSON. */
export function parseChains(json: string, family: NftFamily): ReadonlyMap<string, NftChain> {
  const items = parseItems(json);
  const rules = new Map<string, NftRule[]>();
  const chains = items.flatMap(({ chain }) => (chain !== undefined && isOurs(chain, family) ? [chain] : []));
  for (const { name } of chains) rules.set(name, []);
  for (const { rule } of items)
    if (rule !== undefined && isOurs(rule, family))
      rules.get(rule.chain)?.push((rule.expr ?? []).map((statement) => inWords(statement)));
  return new Map(chains.map((chain) => [chain.name, toChain(chain, rules.get(chain.name) ?? [])]));
}

function parseItems(json: string): readonly Item[] {
  try {
    return (JSON.parse(json) as { nftables?: readonly Item[] }).nftables ?? [];
  } catch {
    throw new KnownError(
      `cannot parse the output of \`nft -j list table\`: ${json.slice(0, 200)}`,
      'Install a current nftables (1.0.6 or later) and try again.',
    );
  }
}

function isOurs(item: { readonly family: string; readonly table: string }, family: NftFamily): boolean {
  return item.family === family && item.table === TABLE;
}

/** A chain without a hook filters nothing, and has an empty type. */
function toChain(
  { name, type = '', hook = '', dev, prio = 0, policy = '' }: ChainJson,
  rules: NftRule[],
): NftChain {
  return {
    name,
    type,
    hook,
    device: dev === undefined ? null : [dev].flat().join(' '),
    priority: prio,
    policy,
    rules,
  };
}

/** A statement in the words of a ruleset. Statements that guest_routes never writes stay JSON, so they equal none of its own. */
function inWords(statement: Statement): string {
  const [[kind, value] = ['', undefined]] = Object.entries(statement);
  // With its numbers, which differ each time.
  if (kind === 'counter' && typeof value === 'object') return kind;
  if (value === null) return kind;
  return (kind === 'match' ? matchInWords(value as Match) : null) ?? JSON.stringify(statement);
}

function matchInWords({ op, left: { payload, meta } = {}, right }: Match): string | null {
  const isName = meta?.key === 'iifname' || meta?.key === 'oifname';
  const what = meta === undefined ? `${payload?.protocol} ${payload?.field}` : `meta ${meta.key}`;
  const value = isName && typeof right === 'string' ? `"${right}"` : valueInWords(right);
  if (value === null || (op !== '==' && op !== '!=')) return null;
  return op === '==' ? `${what} ${value}` : `${what} != ${value}`;
}

function valueInWords(value: unknown): string | null {
  if (typeof value === 'string') {
    const address = parseIp(value);
    return address === null ? value : formatIp(address);
  }
  const { prefix } = (value ?? {}) as { prefix?: { addr?: string; len?: number } };
  return prefix === undefined ? null : `${valueInWords(prefix.addr)}/${prefix.len}`;
}
