import type { CommandWords, PositionalWords } from './command_words';
import { fillTemplate } from './fill_template';

/**
 * The completion of kvmvlan and the plugins for bash. It starts no other program.
 *
 * @param template the text of build/completions/kvmvlan.bash
 */
export function completionBash(template: string, commands: readonly CommandWords[]): string {
  const withValue = new Map<string, { choices: readonly string[]; isPath: boolean }>([
    ['root', { choices: [], isPath: true }],
  ]);
  for (const { options } of commands)
    for (const { name, choices, isPath } of options)
      if (choices !== null) withValue.set(name, { choices, isPath });
  const values = [...withValue].map(([name, { choices, isPath }]) => {
    const action = isPath
      ? '_kvmvlan_offer_files'
      : choices.length > 0
        ? `_kvmvlan_offer ${choices.join(' ')}`
        : ':';
    return `  --${name}) ${action} ;;\n`;
  });
  return fillTemplate(template, {
    VALUES: values.join(''),
    OPTIONS: [...withValue.keys()].map((name) => `--${name}`).join(' | '),
    COMMANDS: commands.map(({ name }) => name).join(' '),
    ARGUMENTS: commands.map(ofCommand).join(''),
  });
}

function ofCommand({ name, options, positionals }: CommandWords): string {
  const flags = options.flatMap((option) => [
    `--${option.name}`,
    ...(option.alias === null ? [] : [`${option.alias.length === 1 ? '-' : '--'}${option.alias}`]),
  ]);
  const at = positionals.map((positional, index) => `    *:${index}) ${offer(positional)} ;;\n`).join('');
  return `  ${name})
    case \${dashes:-$typed}:$position in
    -*) _kvmvlan_offer ${[...flags, '--help', '--root'].join(' ')} ;;
${at}    esac
    ;;
`;
}

function offer({ name, choices }: PositionalWords): string {
  if (choices.length > 0) return `_kvmvlan_offer ${choices.join(' ')}`;
  const lists = [
    ...(['guest', 'name', 'guest|bridge'].includes(name) ? ['_kvmvlan_guests'] : []),
    ...(['bridge', 'name', 'guest|bridge'].includes(name) ? ['_kvmvlan_bridges'] : []),
  ];
  return lists.length === 0 ? ':' : `_kvmvlan_offer_names < <(${lists.join('; ')})`;
}
