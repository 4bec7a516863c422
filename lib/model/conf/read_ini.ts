import { parse } from 'ini';
import type { ConfProblem } from './conf_problem';
import { readIniLines, type IniEntry, type IniLine } from './ini_lines';
import { doubledKey, doubledSection, lineProblem } from './problems';

export interface IniSection {
  readonly name: string;
  /** 0: it has no line of its own. */
  readonly line: number;
  /** Own keys only, without those of `[DEFAULT]`, by their name in lower case. Of two equal ones, the first. */
  readonly entries: ReadonlyMap<string, IniEntry>;
  /** Its problems, regardless of the meaning of its keys. Two sections with one name share that problem. */
  readonly problems: readonly ConfProblem[];
}

export interface IniFile {
  readonly file: string;
  /** What all sections inherit; without entries if the file has no `[DEFAULT]`. */
  readonly defaults: IniSection;
  /** The keys before the first section, where none is allowed; its name is empty. */
  readonly orphans: IniSection;
  /** All others, in the order of the file. */
  readonly sections: readonly IniSection[];
  /** Those that may hide a section: it is unknown what else the file was meant to say. */
  readonly problems: readonly ConfProblem[];
}

interface Building extends IniSection {
  readonly entries: Map<string, IniEntry>;
  readonly problems: ConfProblem[];
}

/** This many lines at a time, so that a huge file takes little memory. */
const BATCH = 1000;

/** Reads the text of a conf file into sections. Lines that cannot be read are problems; the rest is still read. */
export function readIni(text: string, file: string): IniFile {
  const lines = readIniLines(text);
  const values = readValues(lines);
  const defaults = newSection('DEFAULT', 0);
  const orphans = newSection('', 0);
  const sections = new Map<string, Building>();
  const all: Building[] = [];
  const doubled = new Set<Building>();
  const problems: ConfProblem[] = [];
  let current = orphans;
  for (const item of lines) {
    const place = { file, line: item.line };
    if (item.kind === 'section') {
      current = item.name === 'DEFAULT' ? defaults : newSection(item.name, item.line);
      if (current === defaults) continue;
      all.push(current);
      const earlier = sections.get(item.name);
      if (earlier === undefined) sections.set(item.name, current);
      else {
        const problem = doubledSection({ place, section: current.name }, earlier.line);
        current.problems.push(problem);
        // Neither of the two can be trusted.
        if (!doubled.has(earlier)) earlier.problems.push(problem);
        doubled.add(earlier);
      }
    } else if (item.kind === 'problem') {
      const { fault, mayHide, key } = item;
      const isOutside = mayHide || current === orphans;
      const where = isOutside ? {} : { section: current.name };
      const what = key === undefined ? {} : { key };
      (isOutside ? problems : current.problems).push(lineProblem({ place, ...where, ...what }, fault));
    } else {
      const entry = { key: item.key, value: String(values.next().value), line: item.line };
      const earlier = current.entries.get(item.key);
      if (earlier === undefined) current.entries.set(item.key, entry);
      else {
        const where = current === orphans ? {} : { section: current.name };
        const at = { place, ...where, key: entry.key, value: entry.value };
        current.problems.push(doubledKey(at, earlier.line));
      }
    }
  }
  return { file, defaults, orphans, sections: all, problems };
}

function newSection(name: string, line: number): Building {
  return { name, line, entries: new Map(), problems: [] };
}

/**
 * The values of the keys, in order, read by the package `ini` in a form that it cannot misread: quoted, and as one
 * list. Otherwise it splits section names at dots, cuts values at `;` and `#`, turns `true` into a boolean, and
 * silently keeps the last of two equal keys.
 */
function* readValues(lines: readonly IniLine[]): Iterator<unknown> {
  for (let from = 0; from < lines.length; from += BATCH) {
    let text = '';
    for (const item of lines.slice(from, from + BATCH))
      if (item.kind === 'key') text += `v[]=${quote(item.value)}\n`;
    const { v = [] } = parse(text) as { v?: unknown[] };
    yield* v;
  }
}

/** Without U+2028 and U+2029, which end a line for JavaScript's regular expressions. */
function quote(value: string): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
