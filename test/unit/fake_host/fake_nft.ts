import type { ExecResult } from '../../../lib/model/io';
import { failed, succeeded } from './exec_results';

/** `nft` with the chains of the tables of guest_routes. */
export class FakeNft {
  private readonly tables = new Map<string, Map<string, string[]>>();

  run(args: readonly string[], input: string): ExecResult {
    const line = args.join(' ');
    const [, listed] = /^-j list table (\S+) kvmvlan$/.exec(line) ?? [];
    if (listed !== undefined) return succeeded(this.list(listed));
    if (line !== '-f -')
      return failed({ kind: 'exit', status: 1 }, `Error: ${line} is not known to this model`);
    for (const [, family = '', name = ''] of input.matchAll(/^delete chain (\S+) \S+ (\S+)$/gm))
      this.table(family).delete(name);
    const [, family = ''] = /^table (\S+) kvmvlan \{$/m.exec(input) ?? [];
    for (const [, name = '', body = ''] of input.matchAll(/^ {2}chain (\S+) \{\n([^}]*)\}$/gm))
      this.table(family).set(
        name,
        body.split('\n').flatMap((text) => (text.trim() === '' ? [] : [text.trim()])),
      );
    return succeeded();
  }

  private table(family: string): Map<string, string[]> {
    const chains = this.tables.get(family) ?? new Map<string, string[]>();
    this.tables.set(family, chains);
    return chains;
  }

  /** Each rule as one statement: how nft writes them in JSON is tested with what it printed. */
  private list(family: string): string {
    const place = { family, table: 'kvmvlan' };
    const items = [...this.table(family)].flatMap(([name, [head = '', ...rules]]) => {
      const [, type, hook, dev, prio, policy] =
        /^type (\S+) hook (\S+)(?: device "(.+)")? priority (\S+); policy (\S+);$/.exec(head) ?? [];
      return [
        { chain: { ...place, name, type, hook, dev, prio: Number(prio), policy } },
        ...rules.map((text) => ({ rule: { ...place, chain: name, expr: [{ [text]: null }] } })),
      ];
    });
    return JSON.stringify({ nftables: items });
  }
}
