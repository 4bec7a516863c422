import { readHost } from '../iproute2/read_host';
import type { PluginIo } from '../plugins/plugin';
import { runSteps } from '../plugins/run_steps';
import { planUndo } from '../switch/plan_undo';
import { parseSavedHost, type SavedHost } from '../switch/saved_host';
import { UNDO_FILE, writeUndoFile } from '../system/undo_file';
import type { Problem } from '../types';

/** The change that waits to be confirmed; null: there is none. Throws KnownError. */
export function pendingChange(io: Pick<PluginIo, 'readText'>): SavedHost | null {
  const text = io.readText(UNDO_FILE);
  return text === null ? null : parseSavedHost(text, UNDO_FILE);
}

/** What came of an undo. */
export interface Undone {
  /** The commands that were run. */
  readonly commands: number;
  readonly problems: readonly Problem[];
}

/**
 * Brings bridges and ports back to what they were, and reads them again; what is still to be done is tried once more.
 * The caller holds the lock. Where all is as it was nothing waits any more.
 */
export async function undoChanges(saved: SavedHost, io: Pick<PluginIo, 'exec'>): Promise<Undone> {
  let commands = 0;
  let problems: Problem[] = [];
  for (let tries = 0; tries < 2; tries++) {
    const open = planUndo(await readHost(io.exec, true), saved.host);
    if (open.length === 0) break;
    problems = [];
    for (const { bridge, steps } of open) {
      const ran = await runSteps(io.exec, bridge, steps);
      commands += ran.commands.length;
      if (ran.problem !== null) problems.push(ran.problem);
    }
  }
  const left = planUndo(await readHost(io.exec, true), saved.host);
  if (left.length === 0) {
    writeUndoFile(null);
    return { commands, problems: [] };
  }
  const names = left.map(({ bridge }) => bridge).join(', ');
  const hint = 'Look at `bridge vlan show`, then run `kvmvlan undo` again.';
  const message = `not all is as it was: ${names}.`;
  return { commands, problems: [...problems, { level: 'error', message, hint }] };
}
