import type { ChangeCommand, NetworkChange } from '../../../../lib/model/network/network_change';
import type { Rendered } from '../../../../lib/network/backend';

/** A change with its problems, as one text. A kept file with the text of a trial file is not repeated. */
export function inWords({ change, problems }: Rendered): string {
  return [
    ...problems.map(({ level, code, message, hint }) => `${level} ${code}: ${message}\n  ${hint}`),
    ...(change === null ? ['no change'] : changeInWords(change)),
  ].join('\n');
}

function changeInWords({ trial, start, undo, kept, settle }: NetworkChange): string[] {
  const mode = (bits: number): string => bits.toString(8);
  return [
    ...trial.map(({ path, text, mode: bits }) => `==> ${path} (trial, ${mode(bits)})\n${text}`),
    ...kept.map(({ path, text, was, mode: bits }) => {
      const what = was === null ? 'new' : text === null ? 'removed' : 'replaced';
      const same = trial.find((file) => file.text === text);
      const body = text === null ? '' : same === undefined ? text : `as ${same.path}\n`;
      return `==> ${path} (${what}, ${mode(bits)})\n${body}`;
    }),
    'start:',
    ...start.map(commandInWords),
    'undo:',
    ...undo.map(commandInWords),
    'settle:',
    ...settle.map(commandInWords),
  ];
}

function commandInWords({ command, args, mayFail }: ChangeCommand): string {
  return `  ${[command, ...args].join(' ')}${mayFail ? ' (may fail)' : ''}`;
}
