/** A program whose rules may drop a packet. */
export type Program =
  | {
      readonly kind: 'iptables';
      readonly tool: 'iptables' | 'ip6tables';
      /** Of `iptables-legacy`, where the other tool prints other rules. */
      readonly isLegacy: boolean;
    }
  /** It makes its rules with iptables. */
  | { readonly kind: 'ufw' }
  /** The table that belongs to firewalld. */
  | { readonly kind: 'firewalld' }
  /** Another table of nftables; its family is `ip`, `ip6` or `inet`. */
  | { readonly kind: 'table'; readonly family: string; readonly name: string }
  /** All tables of nftables, if they cannot be read. */
  | { readonly kind: 'nftables' };

/** The program that a table of nftables belongs to. */
export function programOfTable({
  family,
  name,
}: {
  readonly family: string;
  readonly name: string;
}): Program {
  return family === 'inet' && name === 'firewalld' ? { kind: 'firewalld' } : { kind: 'table', family, name };
}

/** The name of a program, for people. */
export function nameOfProgram(program: Program): string {
  switch (program.kind) {
    case 'iptables':
      return commandOf(program);
    case 'table':
      return `the table ${program.family} ${program.name} of nftables`;
    case 'ufw':
    case 'firewalld':
    case 'nftables':
      return program.kind;
  }
}

/** The command that changes its rules. */
export function commandOf({ tool, isLegacy }: Program & { readonly kind: 'iptables' }): string {
  return isLegacy ? `${tool}-legacy` : tool;
}

/** The command that prints its rules. */
export function printRules(program: Program, family: 4 | 6): string {
  switch (program.kind) {
    case 'iptables':
      return `${commandOf(program)}-save`;
    case 'ufw':
      return family === 4 ? 'iptables-save' : 'ip6tables-save';
    case 'firewalld':
    case 'table':
    case 'nftables':
      return 'nft -j -t list ruleset';
  }
}
