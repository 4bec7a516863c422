import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { oneLine } from '../../text/one_line';
import { toolEnvironment } from '../process/exec';

/** Where journald listens. Without it `logger --journald` succeeds and drops the entry (sd_journal_sendv(3)). */
const JOURNAL_SOCKET = '/run/systemd/journal/socket';

/** logger has not ended in time. */
let hangs = false;

/** One failure, as the system's journal gets it. What is not known is left out. */
export interface JournalEntry {
  /** One line; it must be understood without the fields, which syslog does not have. */
  readonly message: string;
  readonly guest?: string | null | undefined;
  readonly bridge?: string | null | undefined;
  readonly port?: string | null | undefined;
  /** As folders are named after it: `qemu_started_begin`. */
  readonly phase?: string | null | undefined;
  /** The script's file name. */
  readonly script?: string | null | undefined;
}

/**
 * Writes an error to the systemd journal with fields of its own (`journalctl KVMVLAN_GUEST=VM1`), else to syslog, by
 * logger(1) of util-linux. Waits for it, 5 s at most, as the process may end right after; once it has hung it is not
 * asked again, since libvirt waits for us. Where there is no logger, or neither of the two can be reached, the entry is
 * lost.
 */
export function journal(entry: JournalEntry): void {
  if (hangs) return;
  if (existsSync(JOURNAL_SOCKET) && logger(['--journald'], fields(entry))) return;
  if (hangs) return;
  logger(['-t', 'kvmvlan', '-p', 'daemon.err', '--', oneLine(entry.message)], '');
}

/**
 * The entry as `logger --journald` reads it, a field on each line (systemd.journal-fields(7)). A guest's name may hold
 * line ends, which would begin another field.
 */
function fields({ message, guest, bridge, port, phase, script }: JournalEntry): string {
  const known = Object.entries({
    MESSAGE: message,
    PRIORITY: '3',
    SYSLOG_FACILITY: '3',
    SYSLOG_IDENTIFIER: 'kvmvlan',
    KVMVLAN_GUEST: guest,
    KVMVLAN_BRIDGE: bridge,
    KVMVLAN_PORT: port,
    KVMVLAN_PHASE: phase,
    KVMVLAN_SCRIPT: script,
  }).filter((field): field is [string, string] => typeof field[1] === 'string');
  return known.map(([name, value]) => `${name}=${oneLine(value)}\n`).join('');
}

/** Not by `exec`: it has to be done when this returns, also while the process ends. */
function logger(args: readonly string[], input: string): boolean {
  const { status, error } = spawnSync('logger', args, {
    input,
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: 5_000,
    killSignal: 'SIGKILL',
    env: toolEnvironment(),
  });
  hangs ||= (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
  return status === 0;
}
