import { whyFailed } from '../../model/describe_end';
import type { HostIo } from '../../model/io';
import { KnownError, problemOf } from '../../model/known_error';
import type { ChangeCommand, KeptFile, NetworkChange } from '../../model/network/network_change';
import type { Problem } from '../../model/problem';
import { shellQuote } from '../../text/shell_quote';
import { mountOver, unmountFrom } from './mount_over';
import { describeCommand, settleFailed, undoFailed } from './problems';

type Io = Pick<HostIo, 'exec' | 'readText' | 'writeText' | 'log'>;

const TIMEOUT_MS = 60_000;

/** Tries a change: writes its trial files and runs its commands up to the first failure. Throws KnownError. */
export async function startChange({ trial, start }: NetworkChange, io: Io): Promise<void> {
  for (const { path, text, mode, over } of trial) {
    io.writeText(path, text, mode);
    if (over !== null) await mountOver(path, over, io);
  }
  for (const command of start) {
    const why = await run(command, io);
    if (why !== null && command.mayFail !== true)
      throw new KnownError(
        `\`${describeCommand(command)}\` failed: ${why}`,
        'The change is rolled back. Look at the journal of that program.',
      );
  }
}

/**
 * Takes a trial back. All of it is tried even if a part fails, and nothing happens twice: it can be repeated.
 *
 * @returns what failed
 */
export async function undoChange(change: NetworkChange, io: Io): Promise<Problem[]> {
  const problems = await removeTrial(change, io);
  for (const command of change.undo) {
    const why = await run(command, io);
    if (why !== null && command.mayFail !== true) problems.push(undoFailed(command, why));
  }
  return problems;
}

/** Restores the files of a change whose confirmation was interrupted. Edited ones stay as they are. Throws KnownError. */
export function restoreKept({ kept }: NetworkChange, io: Pick<Io, 'readText' | 'writeText'>): void {
  for (const { path, was, text, mode } of kept)
    if (was !== text && io.readText(path) === text) io.writeText(path, was, mode);
}

/** The files that were edited since the change was made: it would overwrite them. */
export function editedSince({ kept }: NetworkChange, io: Pick<Io, 'readText'>): KeptFile[] {
  return kept.filter(({ path, was, text }) => {
    const now = io.readText(path);
    return now !== was && now !== text;
  });
}

/**
 * Makes a change permanent. Nothing is written if a file was edited since. Throws KnownError.
 *
 * @returns what of the trial could not be removed: the configuration is permanent all the same
 */
export async function keepChange(change: NetworkChange, io: Io): Promise<Problem[]> {
  // A file that is hidden shows the text of the trial: what counts is the one behind it.
  for (const { over } of change.trial) if (over !== null) await unmountFrom(over, io);
  const [edited] = editedSince(change, io);
  if (edited !== undefined)
    throw new KnownError(
      `${edited.path} was edited after the change was shown, so it is not overwritten`,
      `Save your edit, run \`kvmvlan undo\`, and create the bridge again.`,
    );
  for (const { path, text, mode } of change.kept) io.writeText(path, text, mode);
  return removeTrial(change, io);
}

/**
 * Has the manager read what is permanent now.
 *
 * @returns what failed
 */
export async function settleChange({ settle }: NetworkChange, io: Io): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const command of settle) {
    const why = await run(command, io);
    if (why !== null && command.mayFail !== true) problems.push(settleFailed(command, why));
  }
  return problems;
}

/** Unmounts and removes the files of a trial. */
async function removeTrial({ trial }: NetworkChange, io: Io): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { path, over } of [...trial].reverse()) {
    try {
      if (over !== null) await unmountFrom(over, io);
      io.writeText(path, null);
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      problems.push(problemOf(error, 'rollback-incomplete'));
    }
  }
  return problems;
}

/** null: it succeeded; else why it did not. */
async function run({ command, args, timeoutMs = TIMEOUT_MS }: ChangeCommand, io: Io): Promise<string | null> {
  io.log.info(`+ ${[command, ...args].map(shellQuote).join(' ')}`);
  const result = await io.exec(command, args, { timeoutMs });
  return result.ok ? null : whyFailed(result);
}
