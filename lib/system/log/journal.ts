import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { oneLine } from '../../text/one_line';
import { toolEnvironment } from '../process/exec';

/** journald's socket. Without it `logger --journald` succeeds, but drops the entry (sd_journal_sendv(3)). */
const JOURNAL_SOCKET = '/run/systemd/journal/socket';

/** Whether logger was out of time once. */
let hangs = false;

/** A failure for the system's journal. Unknown fields are left out. */
export interface JournalEntry {
  /** One line. It must be clear without the fields, because syslog does not have them. */
  readonly message: string;
  readonly guest?: string | null | undefined;
  readonly bridge?: string | null | undefined;
  readonly port?: string | null | undefined;
  /** As in names of phase folders: `qemu_started_begin`. */
  readonly phase?: string | null | undefined;
  /** The script's file name. */
  readonly script?: string | null | undefined;
}

/**
 * Writes an error to the systemd journal with its own fields (`journalctl KVMVLAN_GUEST=VM1`), else to syslog, with
 * logger(1) of util-linux. It waits for logger, at most 5 s, because the process may end right after. If logger hangs
 * once, it is not called again, because libvirt waits for this process. Without logger, journal and syslog, the entry
 * is lost.
 */
export function journal(entry: JournalEntry): void {
  if (hangs) return;
  if (existsSync(JOURNAL_SOCKET) && logger(['--journald'], fields(entry))) return;
  if (hangs) return;
  logger(['-t', 'kvmvlan', '-p', 'daemon.err', '--', oneLine(entry.message)], '');
}

/**
 * The entry in the format of `logger --journald`: a field on each line (systemd.journal-fields(7)). Line ends in
 * values, such as the name of a guest, are spelled out: they would begin another field.
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

/** Does not use `exec`: logger must be done when this returns, also while the process ends. */
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
