import { both, walk, type Fate, type Rule, type Target } from './chains';
import { DISCOVER } from './discover';

/** A table in which the packet passes a base chain, and what becomes of it there. */
export interface TableFate {
  /** `inet firewalld` */
  readonly table: string;
  readonly fate: Fate;
}

/** Parts of the output of `nft -j list ruleset`. Source: libnftables-json(5). */
interface ItemJson {
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

/** The families that see IPv4 packets of bridges. */
const FAMILIES = ['ip', 'inet'];

/**
 * What becomes of a DHCP discover on a bridge in each table of nftables; null: the output cannot be parsed.
 *
 * @param isIptables whether a table belongs to iptables, which prints it itself
 */
export function fatesInNftables(
  output: string,
  bridge: string,
  isIptables: (table: string) => boolean,
): TableFate[] | null {
  try {
    const { nftables = [] } = JSON.parse(output) as { nftables?: readonly ItemJson[] };
    return fates(nftables, bridge, isIptables);
  } catch {
    return null;
  }
}

function fates(
  items: readonly ItemJson[],
  bridge: string,
  isIptables: (table: string) => boolean,
): TableFate[] {
  const tables = new Map<string, Map<string, Rule[]>>();
  for (const { chain } of items) {
    if (chain === undefined) continue;
    const table = `${chain.family} ${chain.table}`;
    tables.set(table, (tables.get(table) ?? new Map<string, Rule[]>()).set(chain.name, []));
  }
  for (const { rule } of items)
    if (rule !== undefined)
      tables
        .get(`${rule.family} ${rule.table}`)
        ?.get(rule.chain)
        ?.push(...toRules(rule.expr ?? [], bridge));
  return items.flatMap(({ chain }) => {
    if (chain?.hook !== 'forward' || chain.type !== 'filter' || !FAMILIES.includes(chain.family)) return [];
    const table = `${chain.family} ${chain.table}`;
    const policy = chain.policy === 'drop' ? 'drop' : 'accept';
    return isIptables(table)
      ? []
      : [{ table, fate: walk(tables.get(table) ?? new Map<string, Rule[]>(), chain.name, policy) }];
  });
}

/** A rule has at most one verdict; a verdict map has several. */
function toRules(statements: readonly Statement[], bridge: string): Rule[] {
  let matches: boolean | null = true;
  for (const statement of statements) {
    const [kind = '', value] = Object.entries(statement)[0] ?? [];
    const target = toTarget(kind, value);
    if (target !== null) return [{ matches, target }];
    if (kind === 'vmap') return byMap(value as VerdictMap, bridge, matches);
    if (kind === 'match') matches = both(matches, match(value as Match, bridge));
    // A limit, or an extension of iptables.
    else if (kind === 'limit' || kind === 'xt') matches = both(matches, null);
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

function byMap({ key, data }: VerdictMap, bridge: string, before: boolean | null): Rule[] {
  // The elements of a named map are not in the rule.
  if (typeof data !== 'object') return [{ matches: both(before, null), target: { verdict: 'accept' } }];
  return (data.set ?? []).flatMap(([element, verdict]) => {
    const is = match({ op: '==', left: key, right: element }, bridge);
    const [kind = '', value] = Object.entries(verdict)[0] ?? [];
    return [{ matches: both(is, before), target: toTarget(kind, value) }];
  });
}

interface Match {
  readonly op: string;
  readonly left: unknown;
  readonly right: unknown;
}

function match({ op, left, right }: Match, bridge: string): boolean | null {
  const is = equals(left, values(right), bridge);
  return is === null ? null : op === '!=' ? !is : ['==', 'in'].includes(op) ? is : null;
}

function values(right: unknown): readonly unknown[] {
  if (Array.isArray(right)) return right;
  const { set } = typeof right === 'object' && right !== null ? (right as { set?: unknown }) : {};
  return Array.isArray(set) ? set : [right];
}

/** Whether a property of the packet is one of these values; null: not known. */
function equals(left: unknown, among: readonly unknown[], bridge: string): boolean | null {
  const { meta, ct, payload } = (left ?? {}) as {
    meta?: { key: string };
    ct?: { key: string };
    payload?: { protocol: string; field: string };
  };
  switch (meta?.key ?? '') {
    case 'iifname':
    case 'oifname':
    case 'iif':
    case 'oif':
      return among.some((name) => isName(String(name), bridge));
    case 'nfproto':
      return among.includes('ipv4');
    case 'protocol':
      return among.includes('ip');
    case 'l4proto':
      return among.includes(DISCOVER.protocol) || among.includes(DISCOVER.protocolNumber);
    case 'mark':
      // A packet has the mark 0 until a rule sets another one.
      return among.includes(0);
  }
  if (ct?.key === 'state') return among.includes(DISCOVER.state);
  if (ct?.key === 'status') return false;
  if (payload === undefined) return null;
  const { protocol, field } = payload;
  if (!['ip', 'udp', 'th'].includes(protocol))
    return ['ip6', 'tcp', 'icmp', 'icmpv6'].includes(protocol) ? false : null;
  if (field === 'sport') return hasPort(among, DISCOVER.sourcePort);
  if (field === 'dport') return hasPort(among, DISCOVER.destinationPort);
  if (field === 'protocol') return among.includes(DISCOVER.protocol);
  // A network, such as 192.0.2.0/24, is an object.
  const address = field === 'saddr' ? DISCOVER.source : field === 'daddr' ? DISCOVER.destination : null;
  if (address === null) return null;
  return among.includes(address) ? true : among.every((each) => typeof each === 'string') ? false : null;
}

function isName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function hasPort(among: readonly unknown[], port: number): boolean {
  return among.some((each) => {
    if (typeof each === 'number') return each === port;
    const range = (each as { range?: readonly number[] } | null)?.range;
    return range !== undefined && Number(range[0]) <= port && port <= Number(range[1]);
  });
}
