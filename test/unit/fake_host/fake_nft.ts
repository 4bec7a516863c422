import type { ExecResult } from '../../../lib/model/io';
import { TABLE, type NftChain } from '../../../lib/model/nft/chain';
import { failed, succeeded } from './exec_results';

type Chains = Map<string, NftChain>;

const HEAD = /^type (\S+) hook (\S+)(?: device "(.+)")? priority (\S+); policy (\S+);$/;

const EMPTY = { type: '', hook: '', device: null, priority: 0, policy: '', rules: [] };

/** `nft` with the chains of the tables of guest_routes. */
export class FakeNft {
  private tables = new Map<string, Chains>();

  /** @param start the chains that are there, by family */
  constructor(start: Readonly<Record<string, readonly NftChain[]>> = {}) {
    for (const [family, chains] of Object.entries(start))
      this.tables.set(family, new Map(chains.map((chain) => [chain.name, chain])));
  }

  run(args: readonly string[], input: string): ExecResult {
    const line = args.join(' ');
    const [, listed] = /^-j list table (\S+) kvmvlan$/.exec(line) ?? [];
    if (listed !== undefined) return succeeded(this.list(listed));
    if (line !== '-f -')
      return failed({ kind: 'exit', status: 1 }, `Error: ${line} is not known to this model`);
    this.load(input);
    return succeeded();
  }

  /** Runs a ruleset of replaceChains or removeChains as one transaction. Throws if it has anything else. */
  load(ruleset: string): void {
    const tables = new Map([...this.tables].map(([family, chains]) => [family, new Map(chains)]));
    const left = ruleset.split('\n');
    for (let line = left.shift(); line !== undefined; line = left.shift()) {
      const [, adds, opens] = /^add table (\S+) kvmvlan$|^table (\S+) kvmvlan \{$/.exec(line) ?? [];
      const [, verb, of = '', name = ''] = /^(add|delete) chain (\S+) kvmvlan (\S+)$/.exec(line) ?? [];
      const family = adds ?? opens;
      const chains = tables.get(family ?? of) ?? new Map<string, NftChain>();
      if (family !== undefined) tables.set(family, chains);
      if (opens !== undefined) for (const chain of readChains(left)) chains.set(chain.name, chain);
      else if (verb === 'add' && tables.has(of)) chains.set(name, chains.get(name) ?? { ...EMPTY, name });
      else if (line !== '' && adds === undefined && (verb !== 'delete' || !chains.delete(name)))
        throw unknown(line);
    }
    this.tables = tables;
  }

  /** What is listed: how nft writes statements in JSON is tested with what it printed. */
  list(family: string): string {
    const place = { family, table: TABLE };
    const items = [...(this.tables.get(family)?.values() ?? [])].flatMap(
      ({ name, type, hook, device, priority, policy, rules }) => [
        { chain: { ...place, name, type, hook, dev: device ?? undefined, prio: priority, policy } },
        ...rules.map((rule) => ({
          rule: { ...place, chain: name, expr: rule.map((text) => ({ [text]: null })) },
        })),
      ],
    );
    return JSON.stringify({ nftables: items });
  }
}

/** The chains of a table up to its end; takes their lines away. */
function readChains(left: string[]): NftChain[] {
  const chains: NftChain[] = [];
  for (let line = left.shift(); line !== '}'; line = left.shift()) {
    const [, name] = /^ {2}chain (\S+) \{$/.exec(line ?? '') ?? [];
    const end = left.indexOf('  }');
    if (name === undefined || end < 0) throw unknown(line);
    const [head = '', ...rules] = left.splice(0, end + 1).slice(0, -1);
    const odd = [head, ...rules].find((text) => !/^ {4}\S/.test(text));
    if (odd !== undefined) throw unknown(odd);
    chains.push(
      toChain(
        name,
        head.trim(),
        rules.map((rule) => rule.trim()),
      ),
    );
  }
  return chains;
}

/** Each rule as one statement. */
function toChain(name: string, head: string, rules: readonly string[]): NftChain {
  const [, type, hook, device = null, priority, policy] = HEAD.exec(head) ?? [];
  if (type === undefined || hook === undefined || policy === undefined) throw unknown(head);
  return { name, type, hook, device, priority: Number(priority), policy, rules: rules.map((rule) => [rule]) };
}

function unknown(line: string | undefined): Error {
  return new Error(`unknown line of a ruleset: ${line ?? 'its end'}`);
}
