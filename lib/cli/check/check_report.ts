import { oneLine } from '../../text/one_line';

/** A line of the report. */
export interface CheckLine {
  readonly item: string;
  readonly level: 'ok' | 'warning' | 'failure' | 'unknown';
  readonly message: string;
  /** A command; null: nothing to do. */
  readonly remedy: string | null;
}

const COLORS: Readonly<Record<CheckLine['level'], number>> = {
  ok: 32,
  warning: 33,
  failure: 31,
  unknown: 36,
};

/** The findings as lines: one each, with the command below it. */
export function findingLines(findings: readonly CheckLine[], color: boolean): string[] {
  const paint = (level: CheckLine['level']): string => {
    const word = level.padEnd(8);
    return color ? `\x1b[${COLORS[level]}m${word}\x1b[0m` : word;
  };
  return findings.flatMap(({ item, level, message, remedy }) => [
    `${paint(level)} ${item.padEnd(10)} ${oneLine(message)}`,
    ...(remedy === null ? [] : [`${' '.repeat(20)}$ ${oneLine(remedy)}`]),
  ]);
}

/** The findings as text, with a summary. */
export function checkReport(findings: readonly CheckLine[], color: boolean): string {
  const lines = findingLines(findings, color);
  const count = (level: CheckLine['level']): number => findings.filter((each) => each.level === level).length;
  const several = (level: 'warning' | 'failure'): string =>
    `${count(level)} ${level}${count(level) === 1 ? '' : 's'}`;
  const lacking = count('unknown') === 0 ? '' : `, ${count('unknown')} unknown`;
  lines.push('', `${count('ok')} ok, ${several('warning')}, ${several('failure')}${lacking}`);
  return `${lines.join('\n')}\n`;
}
