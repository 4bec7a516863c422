import type { ChangeCommand, NetworkChange } from '../../../lib/model/network/network_change';
import type { Rendered } from '../../../lib/network/backend';

/** A change and its problems as one text, for golden files. */
export function inWords({ change, problems }: Rendered): string {
  const said = problems.map(({ level, code, message, hint }) => `${level} ${code}\n  ${message}\n  ${hint}`);
  return [...said, ...(change === null ? ['no change'] : changeInWords(change))].join('\n');
}

function changeInWords(change: NetworkChange): string[] {
  const { trial, start, undo, kept, settle } = change;
  const isSame = (path: string, text: string | null): boolean =>
    trial.some((file) => file.text === text && baseName(file.path) === baseName(path));
  return [
    ...trial.map(({ path, text, mode, over }) => {
      const hides = over === null ? '' : `, hides ${over}`;
      return `==> ${path} (${mode.toString(8)}${hides})\n${text}`;
    }),
    ...inOrder('start', start),
    ...inOrder('undo', undo),
    ...kept.map(({ path, was, text, mode }) => {
      const before = was === null ? 'new' : `instead of ${was.split('\n').length} lines`;
      if (text === null) return `kept: ${path} removed`;
      return `kept: ${path} (${mode.toString(8)}, ${before})${isSame(path, text) ? ' as tried' : `\n${text}`}`;
    }),
    ...inOrder('settle', settle),
  ];
}

function inOrder(name: string, commands: readonly ChangeCommand[]): string[] {
  return commands.map(
    ({ command, args, mayFail }) => `${name}: ${[command, ...args].join(' ')}${mayFail ? ' (may fail)' : ''}`,
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
