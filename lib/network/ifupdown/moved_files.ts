import type { KeptFile, TrialFile } from '../../model/network/network_change';
import type { Problem } from '../../model/problem';
import type { BridgeRecord, BridgeRequest } from '../backend';
import { refused } from '../bridge_problems';
import type { NetworkFiles } from '../network_files';
import type { Dialect } from './dialect';
import { formatStanzas, parseStanzas, type Stanza } from './interfaces_text';
import { moveToBridge } from './move_to_bridge';
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
  const all = parsed.flatMap(({ stanzas }) => stanzas);
  const problems = refusals(all, state, request, dialect);
  if (problems.length > 0) return { files: null, problems };
  const moved = parsed.map(({ path, mode, text, stanzas }) => ({
    ...{ path, mode, without: text },
    stanzas: stanzas.flatMap((stanza) => moveToBridge(stanza, all, request, dialect)),
  }));
  return {
    files: moved.map(({ stanzas, ...file }) => ({ ...file, withBridge: formatStanzas(stanzas) })),
    problems: warnings(
      moved.flatMap(({ stanzas }) => stanzas),
      state,
      request,
    ),
  };
}

/** The files of a bridge that was created, as they are now and as they were without it. */
export function recordedFiles(now: readonly SavedFile[], { bridge, created }: BridgeRecord): MovedFiles {
  const files = now.map(({ path, mode, text }): MovedFile => {
    const kept = created.kept.find((file) => file.path === path);
    return { path, mode, withBridge: text, without: kept?.was ?? text };
  });
  const edited = created.kept.filter(({ path, text }) => {
    const file = files.find((each) => each.path === path);
    return file !== undefined && file.withBridge !== text && file.withBridge !== file.without;
  });
  const problems = edited.map(({ path }) =>
    refused(
      `${path} has been edited since ${bridge} was created, so its earlier text cannot be put back.`,
      `Move the stanzas of ${bridge} back yourself, and run \`ifdown ${bridge}; ip link del ${bridge}\` on the console.`,
    ),
  );
  return { files: edited.length === 0 ? files : null, problems };
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
  return files.flatMap((file) => parseStanzas(file[which]));
}

function changed(files: readonly MovedFile[]): MovedFile[] {
  return files.filter(({ without, withBridge }) => without !== withBridge);
}
