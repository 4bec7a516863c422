import type { CommandWords, OptionWords } from './command_words';

/** The part COMMANDS of kvmvlan(8) in roff: for each command its positional arguments, options and examples. */
export function manCommands(commands: readonly CommandWords[]): string {
  return commands.map(ofCommand).join('');
}

function ofCommand({ name, describe, positionals, options, examples, epilogue }: CommandWords): string {
  const words = positionals.map((each) =>
    each.isRequired ? `\\fI${roff(each.name)}\\fR` : `[\\fI${roff(each.name)}\\fR]`,
  );
  const lines = [
    `.SS "${[`kvmvlan ${name}`, ...words].join(' ')}"`,
    sentence(describe),
    ...positionals.flatMap((each) => ['.TP', `.I ${roff(each.name)}`, sentence(each.describe)]),
    ...options.flatMap((each) => ['.TP', optionHead(each), sentence(each.describe)]),
    ...(epilogue === null ? [] : ['.PP', sentence(epilogue)]),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:']),
    ...examples.flatMap(([command, what]) => ['.TP', `.B ${roff(command)}`, sentence(what)]),
  ];
  return `${lines.join('\n')}\n`;
}

function optionHead({ name, alias, choices }: OptionWords): string {
  const flags = [...(alias === null ? [] : [`${alias.length === 1 ? '-' : '--'}${alias}`]), `--${name}`];
  const value =
    choices === null ? '' : ` \\fI${roff(choices.length === 0 ? 'value' : choices.join('|'))}\\fR`;
  return `${flags.map((flag) => `\\fB${roff(flag)}\\fR`).join(', ')}${value}`;
}

function sentence(text: string): string {
  const whole = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return roff(/[.:!?]$/.test(whole) ? whole : `${whole}.`);
}

/** Escapes text for roff: no escapes, no request at the beginning of a line, hyphens that can be copied. */
function roff(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '...');
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}
