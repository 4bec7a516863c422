import { parse } from 'ini';
import type { ConfProblem } from './conf_problem';
import { readIniLines, type IniLine } from './ini_lines';

export interface IniEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface IniSection {
  readonly name: string;
  readonly line: number;
  /** Own keys only, by their name in lower case; `[DEFAULT]` is not mixed in. */
  readonly entries: ReadonlyMap<string, IniEntry>;
}

export interface IniFile {
  readonly file: string;
  /** What all sections inherit; without entries where the file has no `[DEFAULT]`. */
  readonly defaults: IniSection;
  /** All others, in the order of the file. */
  readonly sections: readonly IniSection[];
  /** Each with its section's name, where it is in one. */
  readonly problems: readonly ConfProblem[];
}

/** The text of a conf file to its sections; what cannot be read is among `problems`, the rest still counts. */
export function readIni(text: string, file: string): IniFile {
  const { lines, problems } = readIniLines(text, file);
  const values = parse(asPlainIni(lines)) as Record<string, unknown>;
  const defaults = { name: 'DEFAULT', line: 0, entries: new Map<string, IniEntry>() };
  const sections: (typeof defaults)[] = [];
  let current = defaults;
  for (const item of lines) {
    const place = { file, line: item.line };
    if (item.kind === 'section') {
      const earlier = sections.find(({ name }) => name === item.name);
      current = item.name === 'DEFAULT' ? defaults : { name: item.name, line: item.line, entries: new Map() };
      if (current !== defaults) sections.push(current);
      if (earlier === undefined) continue;
      const message = `a section of this name is at line ${earlier.line} already`;
      const hint = 'Merge the two, or give one of them another name.';
      problems.push({ level: 'error', place, section: item.name, message, hint });
      continue;
    }
    const value = String(values[`line ${item.line}`]);
    const earlier = current.entries.get(item.key);
    if (earlier === undefined) {
      current.entries.set(item.key, { key: item.key, value, line: item.line });
      continue;
    }
    const message = `the key is at line ${earlier.line} of this section already`;
    const problem = { level: 'error', place, section: current.name, key: item.key, value, message } as const;
    problems.push({ ...problem, hint: 'Remove one of the two.' });
  }
  return { file, defaults, sections, problems };
}

/**
 * The keys in a form that the package `ini` cannot misread: quoted, and named by their lines. Left to itself it
 * splits section names at dots, cuts values at `;` and `#`, makes booleans of `true` and keeps the last of two
 * equal keys without a word.
 */
function asPlainIni(lines: readonly IniLine[]): string {
  return lines
    .flatMap((item) => (item.kind === 'key' ? [`line ${item.line} = ${quote(item.value)}`] : []))
    .join('\n');
}

/** Without U+2028 and U+2029, which end a line for JavaScript's regular expressions. */
function quote(value: string): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
