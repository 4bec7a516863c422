/** The table that holds all chains of guest_routes, in each family that has some. */
export const TABLE = 'kvmvlan';

export type NftFamily = 'netdev' | 'arp';

/** A rule as its statements in the words of nft: `ip saddr 203.0.113.20`, `counter`, `accept`. */
export type NftRule = readonly string[];

/** A chain at a hook. */
export interface NftChain {
  readonly name: string;
  readonly type: string;
  /** `ingress`, `input`, … */
  readonly hook: string;
  /** The interface of a chain in the family netdev. null: it has none, or nft did not report it. */
  readonly device: string | null;
  readonly priority: number;
  readonly policy: string;
  readonly rules: readonly NftRule[];
}

/** A ruleset for `nft -f -` that replaces the chains as a whole, whatever they are now; one transaction. */
export function replaceChains(family: NftFamily, chains: readonly NftChain[]): string {
  if (chains.length === 0) return '';
  const names = chains.map(({ name }) => name);
  return [
    removeChains(family, names),
    `table ${family} ${TABLE} {\n`,
    ...chains.map((chain) => `  chain ${chain.name} {\n    ${bodyOf(chain).join('\n    ')}\n  }\n`),
    '}\n',
  ].join('');
}

/** A ruleset that removes chains, also if there are none: a chain is added first, because `destroy` needs Linux 6.3. */
export function removeChains(family: NftFamily, names: readonly string[]): string {
  if (names.length === 0) return '';
  const lines = names.flatMap((name) =>
    ['add', 'delete'].map((verb) => `${verb} chain ${family} ${TABLE} ${name}\n`),
  );
  return [`add table ${family} ${TABLE}\n`, ...lines].join('');
}

function bodyOf({ type, hook, device, priority, policy, rules }: NftChain): string[] {
  const at = device === null ? '' : ` device ${quoteInterface(device)}`;
  return [
    `type ${type} hook ${hook}${at} priority ${priority}; policy ${policy};`,
    ...rules.map((rule) => rule.join(' ')),
  ];
}

/**
 * Whether the kernel has the chain that is wanted. The device counts only if nft reports it: 1.0.6 does not in JSON, 1.1.3
 * does.
 */
export function isSameChain(found: NftChain, wanted: NftChain): boolean {
  const text = (chain: NftChain): string => bodyOf({ ...chain, device: null }).join('\n');
  return (
    text(found) === text(wanted) &&
    found.name === wanted.name &&
    (found.device === null || found.device === wanted.device)
  );
}

/** Whether rulesets can name an interface: strings of nft have no escapes, and `*` is a wildcard. */
export function canNameInterface(name: string): boolean {
  return name !== '' && !/["*\\\p{Cc}]/u.test(name);
}

/** The interface's name as a string of nft. Throws if no ruleset can name it. */
export function quoteInterface(name: string): string {
  if (!canNameInterface(name)) throw new Error(`no ruleset can name the interface ${JSON.stringify(name)}`);
  return `"${name}"`;
}

/**
 * The name of an interface's chain, `tap-vnet0`. Names of chains are letters, digits and `/ - _ .`, and no word of nft;
 * names of interfaces have no slash, so it marks all other bytes: `w#1` is `tap-w/231`.
 */
export function chainName(prefix: string, name: string): string {
  const escaped = encodeURIComponent(name).replace(
    /[!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return prefix + escaped.replaceAll('%', '/');
}

/** The interface of a chain of this name; null: the name is not one that `chainName` gives. */
export function interfaceOfChain(prefix: string, chain: string): string | null {
  try {
    const name = decodeURIComponent(chain.slice(prefix.length).replaceAll('/', '%'));
    return chainName(prefix, name) === chain ? name : null;
  } catch {
    return null;
  }
}
