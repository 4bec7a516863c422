import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { oneLine } from '../../text/one_line';
import { toolEnvironment } from '../process/exec';
import { monotonic } from '../process/monotonic';
import { JOURNAL_KINDS, type FieldsOf, type JournalKind } from './journal_kinds';

/** journald's socket. Without it `logger --journald` succeeds, but drops the entry (sd_journal_sendv(3)). */
const JOURNAL_SOCKET = '/run/systemd/journal/socket';

/** The priority of an error, as in syslog(3). */
const ERROR = 3;

/**
 * Milliseconds that entries of this process may still take, because libvirt waits for it: all of them, and those that are
 * no errors. If nothing is wrong, a guest must not wait long for the journal.
 */
const leftMs = { all: 5_000, news: 1_000 };

/** Each entry starts a process. If a whole bridge is gone, its first ports are enough. */
export const MAX_ENTRIES = 20;

/** Values of one field. logger(1) refuses an entry with more than 509 lines. */
const MAX_VALUES = 100;

/** A field can have several values: then journalctl finds the entry by each of them. */
type Value = string | readonly string[] | null | undefined;

/** The fields of an entry. Unknown ones are left out. */
export interface JournalFields {
  readonly guest?: Value;
  readonly bridge?: Value;
  readonly port?: Value;
  /** As in names of phase folders: `qemu_started_begin`. */
  readonly phase?: Value;
  /** The script's file name. */
  readonly script?: Value;
}

/** An entry for the system's journal: a failure, or an event of a kind. */
export type JournalEntry = JournalFields & {
  /** One line. It must be clear without the fields, because syslog does not have them. */
  readonly message: string;
} & ({ readonly kind?: undefined } | { [Kind in JournalKind]: OfKind<Kind> }[JournalKind]);

type OfKind<Kind extends JournalKind> = { readonly kind: Kind } & {
  readonly [Field in FieldsOf<Kind>]: string | readonly string[];
};

/**
 * Writes an entry to the systemd journal with its own fields (`journalctl KVMVLAN_GUEST=VM1`), with logger(1) of
 * util-linux. Errors go to syslog if there is no journal. It waits for logger, because the process may end right after.
 * If logger is slow, later entries are lost, errors last. Without logger, journal and syslog, all are lost.
 */
export function journal(entry: JournalEntry): void {
  const isError = priorityOf(entry) === ERROR;
  if (existsSync(JOURNAL_SOCKET) && logger(['--journald'], fields(entry), isError)) return;
  if (isError) logger(['-t', 'kvmvlan', '-p', 'daemon.err', '--', oneLine(entry.message)], '', isError);
}

function priorityOf({ kind }: JournalEntry): number {
  return kind === undefined ? ERROR : JOURNAL_KINDS[kind].priority;
}

/**
 * The entry in the format of `logger --journald`: a field on each line (systemd.journal-fields(7)). Line ends in
 * values, such as the name of a guest, are spelled out: they would begin another field.
 */
function fields(entry: JournalEntry): string {
  const { message, kind, guest, bridge, port, phase, script } = entry;
  const known: Readonly<Record<string, Value>> = {
    MESSAGE: message,
    MESSAGE_ID: kind === undefined ? null : JOURNAL_KINDS[kind].id,
    PRIORITY: String(priorityOf(entry)),
    SYSLOG_FACILITY: '3',
    SYSLOG_IDENTIFIER: 'kvmvlan',
    KVMVLAN_GUEST: guest,
    KVMVLAN_BRIDGE: bridge,
    KVMVLAN_PORT: port,
    KVMVLAN_PHASE: phase,
    KVMVLAN_SCRIPT: script,
  };
  return Object.entries(known)
    .flatMap(([name, value]) =>
      [value ?? []]
        .flat()
        .slice(0, MAX_VALUES)
        .map((one) => `${name}=${oneLine(one)}\n`),
    )
    .join('');
}

/** Does not use `exec`: logger must be done when this returns, also while the process ends. */
function logger(args: readonly string[], input: string, isError: boolean): boolean {
  const timeout = isError ? leftMs.all : Math.min(leftMs.all, leftMs.news);
  // 0 would be no limit.
  if (timeout <= 0) return false;
  const began = monotonic();
  const { status } = spawnSync('logger', args, {
    input,
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout,
    killSignal: 'SIGKILL',
    env: toolEnvironment(),
  });
  const took = monotonic() - began;
  leftMs.all -= took;
  if (!isError) leftMs.news -= took;
  return status === 0;
}
