import { matchesGlob } from '../../text/glob';
import type { NetworkFiles } from '../network_files';

/** An option of a stanza. Hyphens and underscores in keys mean the same: the key has hyphens here. */
export interface IfaceOption {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** An `iface` stanza of /etc/network/interfaces or of a file that it sources. */
export interface IfaceStanza {
  readonly name: string;
  readonly file: string;
  /** The line of `iface`, from 1. */
  readonly line: number;
  readonly options: readonly IfaceOption[];
}

const MAIN = '/etc/network/interfaces';

/** Words that begin a stanza. Source: interfaces(5) of ifupdown, and ifupdown2's networkinterfaces.py. */
const STANZA = /^(iface|auto|allow-\S+|mapping|source|source-directory|no-auto-down|no-scripts|rename|vlan)$/;

/** How deep files may source each other. This ends circular sourcing. */
const MAX_DEPTH = 8;

/** All `iface` stanzas in the order of the files. Empty if there is no such file. */
export function readInterfaces(io: NetworkFiles): IfaceStanza[] {
  return readFile(io, MAIN, MAX_DEPTH);
}

function readFile(io: NetworkFiles, file: string, depth: number): IfaceStanza[] {
  const text = depth === 0 ? null : io.text(file);
  if (text === null) return [];
  const all: IfaceStanza[] = [];
  let open: { name: string; file: string; line: number; options: IfaceOption[] } | null = null;
  for (const { words, line } of logicalLines(text)) {
    const [first = '', ...rest] = words;
    if (first === 'iface') {
      open = { name: rest[0] ?? '', file, line, options: [] };
      all.push(open);
    } else if (first === 'source' || first === 'source-directory') {
      open = null;
      const files = rest.flatMap((pattern) => sourced(io, pattern, first === 'source-directory'));
      all.push(...files.flatMap((each) => readFile(io, each, depth - 1)));
    } else if (STANZA.test(first)) open = null;
    else open?.options.push({ key: first.replaceAll('_', '-'), value: rest.join(' '), line });
  }
  return all;
}

/** A backslash at the end continues a line; comments are lines of their own. */
function logicalLines(text: string): { words: string[]; line: number }[] {
  const lines: { words: string[]; line: number }[] = [];
  let pending = '';
  let start = 1;
  text.split('\n').forEach((raw, index) => {
    if (pending === '') start = index + 1;
    if (pending === '' && /^\s*(#|$)/.test(raw)) return;
    if (raw.endsWith('\\')) {
      pending += `${raw.slice(0, -1)} `;
      return;
    }
    lines.push({ words: (pending + raw).trim().split(/\s+/), line: start });
    pending = '';
  });
  return lines;
}

/** The files that match a pattern of `source`. Relative patterns start in /etc/network. */
function sourced(io: NetworkFiles, pattern: string, isFolder: boolean): string[] {
  const path = pattern.startsWith('/') ? pattern : `/etc/network/${pattern}`;
  const whole = isFolder ? `${path.replace(/\/$/, '')}/*` : path;
  const folder = whole.slice(0, whole.lastIndexOf('/'));
  const name = whole.slice(folder.length + 1);
  return (
    [...(io.names(folder) ?? [])]
      .sort()
      .filter((each) => !each.startsWith('.') && matchesGlob(name, each))
      // In a folder, only names that run-parts accepts are read (interfaces(5)).
      .filter((each) => !isFolder || /^[A-Za-z0-9_-]+$/.test(each))
      .map((each) => `${folder}/${each}`)
  );
}
