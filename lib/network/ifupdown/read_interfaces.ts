import { matchesGlob } from '../../text/glob';
import type { NetworkFiles } from '../network_files';
import { ifaceHead, keyOf, parseStanzas, type Stanza, valueOf } from './interfaces_text';

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

export interface InterfacesFile {
  readonly path: string;
  readonly text: string;
}

export const MAIN_FILE = '/etc/network/interfaces';

/** How deep files may source each other. This ends circular sourcing. */
const MAX_DEPTH = 8;

/** All `iface` stanzas in the order of the files. Empty if there is no such file. */
export function readInterfaces(io: NetworkFiles): IfaceStanza[] {
  return stanzasIn(io, MAIN_FILE, MAX_DEPTH);
}

/** /etc/network/interfaces and the files that it sources, each once. Empty if there is no such file. */
export function readInterfacesFiles(io: NetworkFiles): InterfacesFile[] {
  const found = new Map<string, InterfacesFile>();
  const read = (path: string): void => {
    const text = found.has(path) ? null : io.text(path);
    if (text === null) return;
    found.set(path, { path, text });
    for (const { head } of parseStanzas(text)) sourcedBy(io, path, head?.words ?? []).forEach(read);
  };
  read(MAIN_FILE);
  return [...found.values()];
}

function stanzasIn(io: NetworkFiles, file: string, depth: number): IfaceStanza[] {
  const text = depth === 0 ? null : io.text(file);
  if (text === null) return [];
  return parseStanzas(text).flatMap((stanza): IfaceStanza[] => {
    const iface = ifaceHead(stanza);
    if (iface === null)
      return sourcedBy(io, file, stanza.head?.words ?? []).flatMap((each) => stanzasIn(io, each, depth - 1));
    const options = stanza.body
      .filter(({ words }) => words.length > 0)
      .map((option) => ({ key: keyOf(option), value: valueOf(option), line: option.line }));
    return [{ name: iface.name, file, line: stanza.head?.line ?? 0, options }];
  });
}

/** A file with its stanzas. */
export interface ParsedFile {
  readonly path: string;
  readonly stanzas: readonly Stanza[];
}

/** The stanzas of all files in the order in which ifupdown reads them: those of a sourced file are where it is sourced. */
export function inOrder(files: readonly ParsedFile[]): Stanza[] {
  const io = {
    text: () => null,
    names: (folder: string) =>
      files.flatMap(({ path }) => (folderOf(path) === folder ? [path.slice(folder.length + 1)] : [])),
  };
  const left = new Map(files.map((file) => [file.path, file]));
  const read = (path: string): Stanza[] => {
    const file = left.get(path);
    left.delete(path);
    return (file?.stanzas ?? []).flatMap((stanza) => [
      stanza,
      ...sourcedBy(io, path, stanza.head?.words ?? []).flatMap(read),
    ]);
  };
  return read(MAIN_FILE);
}

/** Whether a line sources files by a pattern that is not followed here: ifupdown expands it as a shell does. */
export function isUnclear([first, ...patterns]: readonly string[]): boolean {
  const isSource = first === 'source' || first === 'source-directory';
  return isSource && patterns.some((pattern) => /[~$`{"'\\]|[*?[].*\//.test(pattern));
}

/** The files that a line sources; none if it is another line. */
function sourcedBy(io: NetworkFiles, file: string, [first, ...patterns]: readonly string[]): string[] {
  if (first !== 'source' && first !== 'source-directory') return [];
  return patterns.flatMap((pattern) => matching(io, folderOf(file), pattern, first === 'source-directory'));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The files that match a pattern of `source`. Relative patterns start in the folder of the file. */
function matching(io: NetworkFiles, base: string, pattern: string, isFolder: boolean): string[] {
  const path = pattern.startsWith('/') ? pattern : `${base}/${pattern}`;
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
