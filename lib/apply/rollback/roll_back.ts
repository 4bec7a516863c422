import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import type { Problem } from '../../model/problem';
import { formatPending, type Pending, type PendingFile } from './pending';
import { formatRejected, rejectionProblem, type RejectedFile, type Rejection } from './rejected';
import { rollBackKernel, type RolledBack } from './roll_back_kernel';
import { BOOT_ID_FILE, MOTD_FILE, PENDING_FILE, REJECTED_FILE } from './state_files';

/**
 * Takes a change back: its conf files, so that no event carries it out again, and what it touched in the kernel. Each is
 * tried whatever becomes of the other. After a reboot the kernel is left: what it held of the change is gone. Where all
 * is back, nothing waits any more, and status, check, the journal and the next login show what happened.
 */
export async function rollBack(pending: Pending, why: Rejection['why'], io: HostIo): Promise<RolledBack> {
  const problems: Problem[] = [];
  // From here on there is no change that could be kept as a whole.
  if (pending.until !== 0)
    attempt(problems, () => io.writeText(PENDING_FILE, formatPending({ ...pending, until: 0 })));
  const files: RejectedFile[] = [];
  for (const file of pending.files)
    attempt(problems, () => {
      const rejected = putBack(file, io);
      if (rejected !== null) files.push(rejected);
    });
  let commands = 0;
  if (isSameBoot(pending, io)) {
    try {
      const back = await rollBackKernel(io.exec, pending.touched);
      commands = back.commands;
      problems.push(...back.problems);
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      problems.push(failed(error));
    }
  }
  if (problems.length > 0) return { commands, problems };
  const rejection: Rejection = { at: Date.now(), why, files, held: heldBy(pending, io) };
  attempt(problems, () => io.writeText(REJECTED_FILE, formatRejected(rejection)));
  attempt(problems, () => io.writeText(PENDING_FILE, null));
  const { message, hint } = rejectionProblem(rejection);
  const line = `${message} ${hint}`;
  // Only a report: what it reports is done.
  attempt([], () => io.writeText(MOTD_FILE, `kvmvlan: ${line}\n`, 0o644));
  await io.exec('logger', ['-t', 'kvmvlan', '-p', 'daemon.warning', '--', line], { timeoutMs: 5_000 });
  return { commands, problems };
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

function failed({ message, hint }: KnownError): Problem {
  return { level: 'error', code: 'rollback-incomplete', message: `${message}.`, hint };
}

const NEVER_APPLIED = `# No text of this file was in effect before the change that was rolled back. The rejected text is in this
# folder, in the file of the same name with .rejected at its end.
`;

/** Puts the text back that was in effect before, and keeps the other beside it. null: it is there already. */
function putBack({ path, was, tried }: PendingFile, io: HostIo): RejectedFile | null {
  const now = io.readText(path);
  if (was === tried || now === was || now === NEVER_APPLIED) return null;
  const rejected = freeName(`${path}.rejected`, now ?? tried, io);
  io.writeText(rejected, now ?? tried, 0o640);
  io.writeText(path, was ?? NEVER_APPLIED, 0o644);
  return { path, rejected };
}

/** An earlier edit that was rejected is not lost. */
function freeName(path: string, text: string, io: HostIo): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? path : `${path.replace(/\.rejected$/, '')}.${n}.rejected`;
    const there = io.readText(name);
    if (there === null || there === text) return name;
  }
}

/**
 * What the change touched, where its conf is the one that was in effect before: no file tells then that the host is to
 * stay as it is.
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
