import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import type { Problem } from '../../model/problem';
import { shellCommand } from '../../text/shell_quote';
import type { Host } from '../../model/host/host';
import { BOOT_ID_FILE, REJECTED_FILE } from './state_files';

/** A conf file that was put back, and where the rejected text is. */
export interface RejectedFile {
  readonly path: string;
  readonly rejected: string;
}

/** The change that was rolled back last. */
export interface Rejection {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly why: 'not confirmed' | 'undone' | 'rebooted';
  readonly files: readonly RejectedFile[];
  /**
   * Bridges and ports that stay as they are, until the next boot or an edit of these confs: the change was no edit, but
   * brought the host back to what conf says already. null: the files say it.
   */
  readonly held: {
    readonly bootId: string;
    readonly confs: readonly { readonly path: string; readonly text: string }[];
    readonly bridges: readonly string[];
    readonly ports: readonly { readonly name: string; readonly index: number }[];
  } | null;
}

export function formatRejected(rejection: Rejection): string {
  return `${JSON.stringify({ format: 1, ...rejection })}\n`;
}

/** null: no change was rolled back since the last one that was kept, or only root may see it. */
export function readRejected(io: Pick<HostIo, 'readText'>): Rejection | null {
  try {
    const text = io.readText(REJECTED_FILE);
    return text === null ? null : (JSON.parse(text) as Rejection);
  } catch (error) {
    // A report of what is over: nothing depends on it but what is held, which only root's programs ask for.
    if (error instanceof KnownError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The bridges and ports that nobody may bring back to conf but `kvmvlan apply`, by name. */
export function heldNow(host: Host, io: Pick<HostIo, 'readText'>): ReadonlySet<string> {
  const held = readRejected(io)?.held ?? null;
  if (held === null || io.readText(BOOT_ID_FILE)?.trim() !== held.bootId) return new Set();
  if (held.confs.some(({ path, text }) => io.readText(path) !== text)) return new Set();
  const ports = held.ports.filter(({ name, index }) => host.ports.get(name)?.index === index);
  return new Set([...held.bridges, ...ports.map(({ name }) => name)]);
}

const WHY: Readonly<Record<Rejection['why'], string>> = {
  'not confirmed': 'nobody confirmed it in time',
  undone: 'it was undone by hand',
  rebooted: 'the host was rebooted before it was confirmed',
};

/** What happened, and where the edit is. */
export function rejectionProblem({ at, why, files }: Rejection): Problem {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  const diffs = files.map(({ path, rejected }) => `\`${shellCommand(['diff', '-u', path, rejected])}\``);
  return {
    level: 'warning',
    code: 'change-rolled-back',
    message: `a change of bridges and ports was rolled back at ${time}: ${WHY[why]}.`,
    hint:
      diffs.length === 0
        ? '`kvmvlan apply` brings the host to conf again.'
        : `${diffs.join(' and ')} ${diffs.length === 1 ? 'shows' : 'show'} the rejected edit; put it back and run \`kvmvlan apply --confirm 60\`, or run \`kvmvlan apply\` to keep what is.`,
  };
}
