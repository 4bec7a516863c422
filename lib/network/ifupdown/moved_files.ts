import type { KeptFile, TrialFile } from '../../model/network/network_change';
import type { Problem } from '../../model/problem';
import type { BridgeRecord, BridgeRequest } from '../backend';
import type { NetworkFiles } from '../network_files';
import type { Dialect } from './dialect';
import { formatStanzas, parseStanzas, type Stanza } from './interfaces_text';
import { moveToBridge } from './move_to_bridge';
import { editedSince } from './problems';
import { inOrder } from './read_interfaces';
import { refusals, warnings } from './refusals';
import type { IfupdownState, SavedFile } from './snapshot';

/** A file with its text without the bridge and with it. */
export interface MovedFile {
  readonly path: string;
  readonly mode: number;
  readonly without: string;
  readonly withBridge: string;
}

export interface MovedFiles {
  /** All files, also those that are the same with and without the bridge; null: an error is among the problems. */
  readonly files: readonly MovedFile[] | null;
  readonly problems: readonly Problem[];
}

const TRIAL_FOLDER = '/run/kvmvlan/ifupdown';

/** The files with a bridge that is to be created. */
export function movedFiles(state: IfupdownState, request: BridgeRequest, dialect: Dialect): MovedFiles {
  const parsed = state.files.map((file) => ({ ...file, stanzas: parseStanzas(file.text) }));
  const all = inOrder(parsed);
  const problems = refusals(all, state, request, dialect);
  if (problems.length > 0) return { files: null, problems };
  const moved = parsed.map(({ path, mode, text, stanzas }) => ({
    ...{ path, mode, without: text },
    stanzas: stanzas.flatMap((stanza) => moveToBridge(stanza, all, request, dialect)),
  }));
  return {
    files: moved.map(({ stanzas, ...file }) => ({ ...file, withBridge: formatStanzas(stanzas) })),
    problems: [...dialect.warnings(request), ...warnings(all, inOrder(moved), state, request)],
  };
}

/** The files of a bridge that was created, as they are now and as they were without it. */
export function recordedFiles(now: readonly SavedFile[], record: BridgeRecord): MovedFiles {
  const problems: Problem[] = [];
  const files = now.map(({ path, mode, text }): MovedFile => {
    const kept = record.created.kept.find((file) => file.path === path);
    const without = kept === undefined ? text : takenBack(kept, text, record.bridge);
    if (without === null) problems.push(editedSince(record, path));
    return { path, mode, withBridge: text, without: without ?? text };
  });
  return { files: problems.length === 0 ? files : null, problems };
}

/**
 * A text without the lines that a change wrote in it; null: they have been edited, or other lines name the bridge now. Other
 * edits stay.
 */
function takenBack({ was, text: made }: KeptFile, now: string, bridge: string): string | null {
  if (was === null || made === null || now === was) return now;
  const [old, written, lines] = [was, made, now].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ];
  const shorter = Math.min(old.length, written.length);
  let start = 0;
  while (start < shorter && old[start] === written[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === written.at(-1 - end)) end++;
  const block = written.slice(start, written.length - end);
  const places = lines.flatMap((_, at) =>
    block.every((line, index) => lines[at + index] === line) ? [at] : [],
  );
  const [at] = places;
  if (at === undefined || places.length > 1) return null;
  const [before, after] = [lines.slice(0, at), lines.slice(at + block.length)];
  const names = (line: string): boolean => !line.trim().startsWith('#') && isNamed(line, bridge);
  if ([...before, ...after].some((line) => names(line) && !written.includes(line))) return null;
  return [...before, ...old.slice(start, old.length - end), ...after].join('\n');
}

/** Also as a part of `br0.200` or `br0:1`. */
function isNamed(line: string, name: string): boolean {
  return line.split(/[^\w.-]+/).some((word) => word === name || word.startsWith(`${name}.`));
}

/** The trial files that hide the files which a change replaces. */
export function hidingFiles(files: readonly MovedFile[], to: 'without' | 'withBridge'): TrialFile[] {
  return changed(files).map(({ path, mode, ...text }) => {
    return { path: TRIAL_FOLDER + path, text: text[to], mode, over: path };
  });
}

export function keptFiles(files: readonly MovedFile[], to: 'without' | 'withBridge'): KeptFile[] {
  const from = to === 'without' ? 'withBridge' : 'without';
  return changed(files).map(({ path, mode, ...text }) => {
    return { path, was: text[from], text: text[to], mode };
  });
}

/** The files that a removed bridge had in addition to the interfaces files. */
export function extraFiles(
  io: NetworkFiles,
  files: readonly MovedFile[],
  { created }: BridgeRecord,
): KeptFile[] {
  return created.kept.flatMap(({ path, was, text, mode }): KeptFile[] => {
    if (files.some((file) => file.path === path) || io.text(path) !== text) return [];
    return [{ path, was: text, text: was, mode }];
  });
}

export function stanzasOf(files: readonly MovedFile[], which: 'without' | 'withBridge'): Stanza[] {
  return inOrder(files.map(({ path, ...text }) => ({ path, stanzas: parseStanzas(text[which]) })));
}

function changed(files: readonly MovedFile[]): MovedFile[] {
  return files.filter(({ without, withBridge }) => without !== withBridge);
}
