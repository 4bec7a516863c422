import { parseSections } from '../sections';

/** An entry of a section as it is written, with the comments above it. */
export interface RawEntry {
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

/** A section of a unit file as it is written. */
export interface RawSection {
  readonly name: string;
  /** The comments above its header. */
  readonly comments: readonly string[];
  readonly entries: readonly RawEntry[];
}

/**
 * Takes a unit file of systemd apart without losing comments, unknown keys or the way in which values are written, so
 * that its sections can be moved into another file. Only blank lines are dropped.
 */
export function rawSections(text: string): RawSection[] {
  const sections: { name: string; comments: string[]; entries: RawEntry[] }[] = [];
  let comments: string[] = [];
  let entry: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (/^[#;]/.test(trimmed)) (entry.length > 0 ? entry : comments).push(trimmed);
    else if (entry.length > 0 || /^[^[]/.test(trimmed)) {
      entry.push(entry.length > 0 ? line.trimEnd() : trimmed);
      if (trimmed.endsWith('\\')) continue;
      sections.at(-1)?.entries.push(toEntry(comments, entry));
      [comments, entry] = [[], []];
    } else if (trimmed !== '') {
      sections.push({ name: /^\[(.*)\]$/.exec(trimmed)?.[1] ?? '', comments, entries: [] });
      comments = [];
    }
  }
  return sections;
}

function toEntry(comments: readonly string[], lines: readonly string[]): RawEntry {
  const [section] = parseSections(['[Any]', ...lines].join('\n'));
  const [key, value] = section?.entries[0] ?? ['', ''];
  return { key, value, text: [...comments, ...lines].join('\n') };
}

/** The text of sections, with a blank line between them. Sections without entries are left out. */
export function formatSections(sections: readonly RawSection[]): string {
  return sections
    .filter(({ entries }) => entries.length > 0)
    .map(({ name, comments, entries }) =>
      [...comments, `[${name}]`, ...entries.map(({ text }) => text), ''].join('\n'),
    )
    .join('\n');
}

/** A section of our own. */
export function sectionOf(
  name: string,
  entries: readonly (readonly [key: string, value: string])[],
): RawSection {
  return {
    name,
    comments: [],
    entries: entries.map(([key, value]) => ({ key, value, text: `${key}=${value}` })),
  };
}
