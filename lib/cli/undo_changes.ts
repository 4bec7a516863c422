import { readHost } from '../iproute2/read_host';
import type { PluginIo } from '../plugins/plugin';
import { planUndo } from '../switch/plan_undo';
import { formatSavedHost, parseSavedHost, type SavedHost } from '../switch/saved_host';
import { UNDO_FILE, writeUndoFile } from '../system/undo_file';
import { KnownError, type Problem } from '../types';
import { undoBridge } from './undo_bridge';

/** The change that waits to be confirmed; null: there is none. Throws KnownError. */
export function pendingChange(io: Pick<PluginIo, 'readText'>): SavedHost | null {
  const text = io.readText(UNDO_FILE);
  return text === null ? null : parseSavedHost(text, UNDO_FILE);
}

/** What came of an undo. */
export interface Undone {
  /** How many commands were run. */
  readonly commands: number;
  readonly problems: readonly Problem[];
}

/**
 * Brings bridges and ports back to what they were, and reads them again; what is still to be done is tried once more.
 * The caller holds the lock. Where all is as it was nothing waits any more.
 */
export async function undoChanges(
  saved: SavedHost,
  io: Pick<PluginIo, 'exec'>,
  keep: (text: string | null) => void = writeUndoFile,
): Promise<Undone> {
  let commands = 0;
  let problems: readonly Problem[] = [];
  for (let tries = 0; tries < 2; tries++) {
    const open = planUndo(await readHost(io.exec, true), saved);
    if (open.length === 0) break;
    if (tries === 0) forbidConfirm(saved, keep);
    problems = [];
    for (const bridge of open) {
      const ran = await undoBridge(io.exec, bridge, saved.uplinks);
      commands += ran.ran;
      problems = [...problems, ...ran.problems];
    }
  }
  const left = planUndo(await readHost(io.exec, true), saved);
  if (left.length === 0) {
    keep(null);
    return { commands, problems: [] };
  }
  const names = left.map(({ bridge }) => bridge).join(', ');
  const message = `not all is as it was: ${names}.`;
  const hint = `Look at \`bridge vlan show\`, then run \`kvmvlan undo\` again; or remove ${UNDO_FILE} to leave it as it is now.`;
  return { commands, problems: [...problems, { level: 'error', message, hint }] };
}

/** From the first command on there is no change any more that could be kept as a whole. */
function forbidConfirm(saved: SavedHost, keep: (text: string) => void): void {
  try {
    keep(formatSavedHost({ ...saved, until: 0 }));
  } catch (error) {
    // A full /run must not stand in the way back.
    if (!(error instanceof KnownError)) throw error;
  }
}
