import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { HookCall } from '../model/libvirt/hook_call';
import { safeJson } from '../text/safe_json';
import { KEPT_LOGS } from './dispatch_logs';
import type { Outcome } from './outcome';

/** At this size the log is rotated: it becomes dispatch.log.1, and .1 becomes .2. */
const ROTATE_BYTES = 4 * 1024 * 1024;

/** One line of logs/dispatch.log, in JSON. */
export interface DispatchLine {
  /** null: written by the sh header when date(1) could not be run, for example without free memory. */
  readonly time: string | null;
  /** driver, object, operation, sub-operation, extra. */
  readonly call: readonly [string, string, string, string, string];
  /** null: the line is about the call itself. */
  readonly script: string | null;
  readonly outcome: Outcome['result'] | 'trouble';
  readonly reason: string | null;
  readonly status: number | null;
  readonly ms: number;
  readonly log: string | null;
}

/**
 * Appends lines to logs/dispatch.log. Many hooks may append at the same time, so each line is one write. Returns why it
 * could not be written, or null.
 */
export function appendDispatchLog(root: string, lines: readonly DispatchLine[]): string | null {
  if (lines.length === 0) return null;
  const path = join(root, 'logs', 'dispatch.log');
  try {
    mkdirSync(join(root, 'logs'), { recursive: true, mode: 0o750 });
    rotate(path);
    const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
    const fd = openSync(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o640);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw new Error('not a regular file');
      if (endsInHalfALine(fd, stat.size)) writeSync(fd, '\n');
      for (const line of lines) writeSync(fd, `${safeJson(line)}\n`);
    } finally {
      closeSync(fd);
    }
    return null;
  } catch (error) {
    return `cannot write ${path}: ${(error as Error).message}`;
  }
}

/** A line that was cut off by a full disk must not corrupt the next line. */
function endsInHalfALine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

/** A line about an outcome. */
export function toLine(call: HookCall, outcome: Outcome, time: Date): DispatchLine {
  const { script, result, reason, status, ms, log } = outcome;
  return {
    time: time.toISOString(),
    call: callWords(call),
    script: script.name,
    outcome: result,
    reason,
    status,
    ms,
    log,
  };
}

/** A line about a problem of the call itself. */
export function troubleLine(call: HookCall, reason: string, time: Date): DispatchLine {
  const none = { script: null, status: null, ms: 0, log: null };
  return { time: time.toISOString(), call: callWords(call), outcome: 'trouble', reason, ...none };
}

function callWords({ driver, object, operation, suboperation, extra }: HookCall): DispatchLine['call'] {
  return [driver, object, operation, suboperation, extra];
}

/** The process that creates the marker rotates the log. The others write to the file that exists. */
function rotate(path: string): void {
  const marker = `${path}.rotating`;
  let fd: number;
  try {
    if (statSync(path).size < ROTATE_BYTES) return;
    fd = openSync(marker, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') removeStale(marker);
    return;
  }
  closeSync(fd);
  try {
    if (statSync(path).size >= ROTATE_BYTES) {
      // Oldest first. It stops at an error, so that no file replaces one that could not be moved.
      for (let i = KEPT_LOGS - 1; i > 0; i--) {
        if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`);
      }
      renameSync(path, `${path}.1`);
    }
  } catch {
    // Then the log grows further, which is better than losing lines.
  }
  rmSync(marker, { force: true });
}

/** Removes a marker whose process died before it finished. */
function removeStale(marker: string): void {
  try {
    if (Date.now() - statSync(marker).mtimeMs > 60_000) rmSync(marker, { force: true });
  } catch {
    // The marker is gone: its process has finished.
  }
}
