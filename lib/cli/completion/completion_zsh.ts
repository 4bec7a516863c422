import type { CommandWords, OptionWords, PositionalWords } from './command_words';
import { fillTemplate } from './fill_template';

const GENERAL: readonly OptionWords[] = [
  { name: 'help', alias: 'h', describe: 'show help', choices: null, isPath: false },
  { name: 'root', alias: null, describe: 'folder of the hooks', choices: [], isPath: true },
];

/**
 * The completion of kvmvlan and the plugins for zsh. It starts no other program.
 *
 * @param template the text of build/completions/_kvmvlan
 */
export function completionZsh(template: string, commands: readonly CommandWords[]): string {
  return fillTemplate(template, {
    COMMANDS: commands.map(({ name, describe }) => `      ${quote(`${name}:${describe}`)}\n`).join(''),
    ARGUMENTS: commands.map(ofCommand).join(''),
  });
}

function ofCommand({ name, options, positionals }: CommandWords): string {
  const specs = [
    ...[...options, ...GENERAL].map(ofOption),
    ...positionals.map((positional, index) =>
      quote(`${index + 1}:${positional.name.replaceAll(':', ' ')}:${action(positional)}`),
    ),
  ];
  return `    ${name}) _arguments ${specs.join(' ')} ;;\n`;
}

function ofOption({ name, describe, choices, isPath }: OptionWords): string {
  const text = describe.replace(/[[\]:\\]/g, '\\$&');
  const value =
    choices === null
      ? ''
      : `:${name}:${isPath ? '_files' : choices.length === 0 ? ' ' : `(${choices.join(' ')})`}`;
  return quote(`--${name}[${text}]${value}`);
}

function action({ name, choices }: PositionalWords): string {
  if (choices.length > 0) return `(${choices.join(' ')})`;
  if (name === 'guest') return '_kvmvlan_guests';
  if (name === 'bridge') return '_kvmvlan_bridges';
  return name === 'name' ? '_kvmvlan_names' : ' ';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
