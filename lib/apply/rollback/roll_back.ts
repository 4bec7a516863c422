import type { HostIo } from '../../model/io';
import { KnownError, problemOf } from '../../model/known_error';
import type { Problem } from '../../model/problem';
import { restoreKept } from '../network/run_change';
import { otherPorts, portsLeft, undoMove } from '../network/undo_move';
import { formatPending, type Pending, type PendingFile } from './pending';
import { changeRolledBack } from './problems';
import { formatRejected, type RejectedFile, type Rejection } from './rejected';
import { rollBackKernel, type RolledBack } from './roll_back_kernel';
import { BOOT_ID_FILE, MOTD_FILE, PENDING_FILE, REJECTED_FILE } from './state_files';

/**
 * Rolls back a change: its conf files, so that no event applies it again, and what it touched in the kernel. Each is
 * tried even if the other fails. After a reboot the kernel needs no rollback, because the change is gone from it. When
 * all is rolled back, the change no longer waits, and status, check, the journal and the next login report the
 * rollback.
 *
 * @returns also notes: what is not as before although all is rolled back
 */
export async function rollBack(
  pending: Pending,
  why: Rejection['why'],
  io: HostIo,
): Promise<RolledBack & { readonly notes: readonly Problem[] }> {
  const problems: Problem[] = [];
  // From here on, the change can no longer be confirmed as a whole.
  if (pending.until !== 0)
    attempt(problems, () => io.writeText(PENDING_FILE, formatPending({ ...pending, until: 0 })));
  const files: RejectedFile[] = [];
  for (const file of pending.files)
    attempt(problems, () => {
      const rejected = putBack(file, io);
      if (rejected !== null) files.push(rejected);
    });
  const { move } = pending;
  let commands = 0;
  const notes: Problem[] = [];
  if (isSameBoot(pending, io)) {
    if (move !== null) {
      const ports = await otherPorts(move, io);
      try {
        problems.push(...(await undoMove(move, io)));
      } catch (error) {
        if (!(error instanceof KnownError)) throw error;
        problems.push(failed(error));
      }
      notes.push(...(await portsLeft(move, ports, io)));
    }
    // Routes come last: they need the uplink.
    const works = [() => rollBackKernel(io.exec, pending.touched), () => routesBack(pending, io)];
    for (const work of works)
      try {
        const back = await work();
        commands += back.commands;
        problems.push(...back.problems);
      } catch (error) {
        if (!(error instanceof KnownError)) throw error;
        problems.push(failed(error));
      }
  }
  // Not before: a file that a trial hides cannot be replaced.
  if (move !== null) attempt(problems, () => restoreKept(move.change, io));
  if (problems.length > 0) return { commands, problems, notes };
  const rejection: Rejection = { at: Date.now(), why, files, held: heldBy(pending, io) };
  attempt(problems, () => io.writeText(REJECTED_FILE, formatRejected(rejection)));
  attempt(problems, () => io.writeText(PENDING_FILE, null));
  const line = [changeRolledBack(rejection), ...notes]
    .map(({ message, hint }) => `${message} ${hint}`)
    .join(' ');
  // Only a report: its failure is not a failure of the rollback.
  attempt([], () => io.writeText(MOTD_FILE, `kvmvlan: ${line}\n`, 0o644));
  await io.exec('logger', ['-t', 'kvmvlan', '-p', 'daemon.warning', '--', line], { timeoutMs: 5_000 });
  return { commands, problems, notes };
}

/** Loaded only where it is needed: every hook can roll back. */
async function routesBack({ root }: Pending, io: HostIo): Promise<RolledBack> {
  return (await import('./roll_back_routes')).rollBackRoutes(root, io);
}

export function isSameBoot({ bootId }: Pending, io: Pick<HostIo, 'readText'>): boolean {
  return io.readText(BOOT_ID_FILE)?.trim() === bootId;
}

function attempt(problems: Problem[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    problems.push(failed(error));
  }
}

function failed(error: KnownError): Problem {
  return problemOf(error, 'rollback-incomplete');
}

const NEVER_APPLIED = `# No text of this file was in effect before the change that was rolled back. The rejected text is in this
# folder, in the file of the same name with .rejected at its end.
`;

/** Restores the text that was in effect before, and keeps the other text next to it. null: it is already there. */
function putBack({ path, was, tried }: PendingFile, io: HostIo): RejectedFile | null {
  const now = io.readText(path);
  if (was === tried || now === was || now === NEVER_APPLIED) return null;
  const rejected = freeName(`${path}.rejected`, now ?? tried, io);
  io.writeText(rejected, now ?? tried, 0o640);
  io.writeText(path, was ?? NEVER_APPLIED, 0o644);
  return { path, rejected };
}

/** A free name, so that an edit that was rejected earlier is not overwritten. */
function freeName(path: string, text: string, io: HostIo): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? path : `${path.replace(/\.rejected$/, '')}.${n}.rejected`;
    const there = io.readText(name);
    if (there === null || there === text) return name;
  }
}

/**
 * What the change touched, if its conf is the one that was in effect before: then no file records that the host must
 * not be changed.
 */
function heldBy(pending: Pending, io: HostIo): Rejection['held'] {
  const { bootId, files, touched } = pending;
  if (!isSameTexts(files) || !isSameBoot(pending, io)) return null;
  return {
    bootId,
    confs: files.map(({ path, tried }) => ({ path, text: io.readText(path) ?? tried })),
    bridges: [...touched.bridges.keys()],
    ports: [...touched.ports.values()].map(({ name, index }) => ({ name, index })),
  };
}

function isSameTexts(files: readonly PendingFile[]): boolean {
  return files.every(({ was, tried }) => was === tried);
}
