import type { ExecResult } from '../../model/io';
import type { CheckIo } from './check_io';
import type { Rules } from './netfilter/fates';

/** The rules of netfilter, by tools that do not create tables: `iptables -S` may. */
export async function readRules(
  { plugin: { exec }, text }: Pick<CheckIo, 'plugin' | 'text'>,
  family: 4 | 6 = 4,
): Promise<Rules> {
  const tool = family === 4 ? 'iptables' : 'ip6tables';
  // Before the tools run: they load the module.
  const isUsed = /^nf_tables /m.test(text('/proc/modules') ?? '');
  const [iptables, nft] = await Promise.all([
    exec(`${tool}-save`, []),
    // Without the elements of sets: blocklists are long.
    exec('nft', ['-j', '-t', 'list', 'ruleset']),
  ]);
  // iptables-nft warns of the others: `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them`.
  const hasLegacy = iptables.stderr.includes(`${tool}-legacy`);
  return {
    iptables: isMissing(iptables) ? '' : outputOf(iptables),
    iptablesLegacy: hasLegacy ? outputOf(await exec(`${tool}-legacy-save`, [])) : '',
    nftables: isMissing(nft) && !isUsed ? '' : outputOf(nft),
  };
}

function isMissing({ end }: ExecResult): boolean {
  return end.kind === 'not-found';
}

function outputOf({ ok, stdout }: ExecResult): string | null {
  return ok ? stdout : null;
}
