import { readFileSync } from 'node:fs';

/** The login over ssh that a process belongs to. */
export interface Login {
  /** Its start, in clock ticks since the boot. Source: proc_pid_stat(5), field 22. */
  readonly startedTicks: number;
  /** The address of the other side, and this host's address that it has connected to; null: unknown. */
  readonly peer: string | null;
  readonly local: string | null;
}

interface Process {
  readonly name: string;
  readonly parent: number;
  readonly startedTicks: number;
}

/** A limit against loops, should /proc change meanwhile. */
const MAX_DEPTH = 64;

/**
 * The login over ssh that has started this process: its nearest ancestor that is a server of OpenSSH. null: there is
 * none, as on a console, in tmux, or in a service.
 */
export function loginOf(pid = process.pid): Login | null {
  let connection: readonly string[] | null = null;
  for (let depth = 0, next = pid; depth < MAX_DEPTH && next > 1; depth++) {
    const found = readProcess(next);
    if (found === null) return null;
    // sudo removes the variable from the environment of what it runs, not from its own.
    connection ??= connectionOf(next);
    if (/^sshd/.test(found.name)) {
      const [peer = null, , local = null] = connection ?? [];
      return { startedTicks: found.startedTicks, peer, local };
    }
    next = found.parent;
  }
  return null;
}

/** When this process was started, in clock ticks since the boot. */
export function startedTicks(): number {
  return readProcess(process.pid)?.startedTicks ?? 0;
}

function readProcess(pid: number): Process | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name is in parentheses and may contain some itself.
  const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { name, parent: Number(fields[1]), startedTicks: Number(fields[19]) };
}

/** The words of SSH_CONNECTION: address and port of the client, then of the server (ssh(1)). */
function connectionOf(pid: number): readonly string[] | null {
  const text = read(`/proc/${pid}/environ`);
  const value = /(?:^|\0)SSH_CONNECTION=([^\0]*)/.exec(text ?? '')?.[1];
  return value === undefined ? null : value.split(' ');
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
