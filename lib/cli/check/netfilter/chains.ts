/**
 * A rule, as far as it matters for one packet.
 *
 * @property matches null: not known
 * @property target null: the rule does not end the packet's way, it only counts or logs
 */
export interface Rule {
  readonly matches: boolean | null;
  readonly target: Target | null;
}

export type Target =
  | { readonly verdict: 'accept' | 'drop' | 'return' }
  /** @property isGoto whether the chain's end is also the end of this one */
  | { readonly chain: string; readonly isGoto: boolean };

/** The chains of a table, by name. */
export type Chains = ReadonlyMap<string, readonly Rule[]>;

/** Whether both of two conditions match; null: not known. */
export function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

/** Whether at least one of several conditions matches; null: not known. */
export function anyOf(conditions: readonly (boolean | null)[]): boolean | null {
  if (conditions.includes(true)) return true;
  return conditions.includes(null) ? null : false;
}

/** What becomes of the packet. `unsure`: a rule may accept it, but all others lead to its drop. */
export type Fate = 'accepted' | 'dropped' | 'unsure';

/** A limit: the kernel has no loops, but the output of the tool may be wrong. */
const MAX_DEPTH = 16;

/** What becomes of the packet in a base chain with this policy. A rule that may drop it does not count. */
export function walk(chains: Chains, base: string, policy: 'accept' | 'drop'): Fate {
  const { verdict, mayAccept } = inChain(chains, base, 0);
  if ((verdict ?? policy) === 'accept') return 'accepted';
  return mayAccept ? 'unsure' : 'dropped';
}

interface Way {
  /** null: the packet reached the end of the chain. */
  readonly verdict: 'accept' | 'drop' | null;
  readonly mayAccept: boolean;
}

function inChain(chains: Chains, name: string, depth: number): Way {
  let mayAccept = false;
  for (const { matches, target } of depth > MAX_DEPTH ? [] : (chains.get(name) ?? [])) {
    if (matches === false || target === null) continue;
    const isGoto = 'chain' in target && target.isGoto;
    const way: Way =
      'chain' in target
        ? inChain(chains, target.chain, depth + 1)
        : { verdict: target.verdict === 'return' ? null : target.verdict, mayAccept: false };
    const ends = way.verdict !== null || isGoto || ('verdict' in target && target.verdict === 'return');
    mayAccept ||= way.mayAccept || (matches === null && way.verdict === 'accept');
    if (matches === true && ends) return { verdict: way.verdict, mayAccept };
  }
  return { verdict: null, mayAccept };
}
