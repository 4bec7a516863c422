import type { ProgramFate } from './fates';

/** The name of a program whose rules decide, for people. */
export function nameOfProgram(by: ProgramFate['by']): string {
  if (by === 'inet firewalld') return 'firewalld';
  return by.includes(' ') ? `the table ${by} of nftables` : by;
}

/** The command that prints its rules. */
export function printRules(by: ProgramFate['by'], family: 4 | 6): string {
  if (by === 'ufw') return family === 4 ? 'iptables-save' : 'ip6tables-save';
  return by.includes('tables-') || by.startsWith('ip') ? `${by}-save` : 'nft -j -t list ruleset';
}
