import { interfaceOfChain, type NftChain } from '../../../../lib/model/nft/chain';
import type { FoundUplinkFilter } from '../../../../lib/model/routes/good_citizen';
import type { Routing } from '../../../../lib/model/routes/routing';

/** The filters after a ruleset of replaceChains or removeChains. */
export function runRuleset(
  { filters, uplinkFilters }: Routing,
  ruleset: string,
): Pick<Routing, 'filters' | 'uplinkFilters'> {
  const chains = new Map<string, NftChain>();
  const add = (chain: NftChain): unknown => chains.set(chain.name, chain);
  for (const { chain } of filters?.values() ?? []) add(chain);
  for (const found of uplinkFilters?.values() ?? []) found.chains.forEach(add);
  for (const [, name = ''] of ruleset.matchAll(/^delete chain \S+ kvmvlan (\S+)$/gm)) chains.delete(name);
  for (const [, name = '', body = ''] of ruleset.matchAll(/^ {2}chain (\S+) \{\n(.*?)^ {2}\}$/gms))
    add(toChain(name, body));
  const ofUplinks = new Map<string, FoundUplinkFilter>();
  for (const chain of chains.values()) {
    const uplink = interfaceOfChain('in-', chain.name) ?? interfaceOfChain('out-', chain.name);
    if (uplink !== null)
      ofUplinks.set(uplink, { uplink, chains: [...(ofUplinks.get(uplink)?.chains ?? []), chain] });
  }
  const taps = [...chains.values()].flatMap((chain) => {
    const tap = interfaceOfChain('tap-', chain.name);
    return tap === null ? [] : [[tap, { tap, chain }] as const];
  });
  return { filters: new Map(taps), uplinkFilters: ofUplinks };
}

/** Each rule as one statement. */
function toChain(name: string, body: string): NftChain {
  const [head = '', ...rules] = body.split('\n').flatMap((line) => line.trim() || []);
  const [, type = '', hook = '', device = null, priority, policy = ''] =
    /^type (\S+) hook (\S+)(?: device "(.+)")? priority (\S+); policy (\S+);$/.exec(head) ?? [];
  return { name, type, hook, device, priority: Number(priority), policy, rules: rules.map((rule) => [rule]) };
}
