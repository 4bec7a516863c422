import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import type { Host } from '../../model/host/host';
import { BOOT_ID_FILE, REJECTED_FILE } from './state_files';

/** A conf file that was put back, and where the rejected text is. */
export interface RejectedFile {
  readonly path: string;
  readonly rejected: string;
}

/** The last change that was rolled back. */
export interface Rejection {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly why: 'not confirmed' | 'undone' | 'rebooted' | 'failed';
  readonly files: readonly RejectedFile[];
  /**
   * Bridges and ports that must not be changed until the next boot or an edit of these conf files: the change was not
   * an edit, but applied an unchanged conf, so no file records the rollback. null: the files record it.
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

/** null: no change was rolled back since the last confirmed one, or only root may read it. */
export function readRejected(io: Pick<HostIo, 'readText'>): Rejection | null {
  try {
    const text = io.readText(REJECTED_FILE);
    return text === null ? null : (JSON.parse(text) as Rejection);
  } catch (error) {
    // It is only a report. Nothing but `held` depends on it, and only root's programs use that.
    if (error instanceof KnownError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Names of the bridges and ports that only `kvmvlan apply` may change. */
export function heldNow(host: Host, io: Pick<HostIo, 'readText'>): ReadonlySet<string> {
  const held = readRejected(io)?.held ?? null;
  if (held === null || io.readText(BOOT_ID_FILE)?.trim() !== held.bootId) return new Set();
  if (held.confs.some(({ path, text }) => io.readText(path) !== text)) return new Set();
  const ports = held.ports.filter(({ name, index }) => host.ports.get(name)?.index === index);
  return new Set([...held.bridges, ...ports.map(({ name }) => name)]);
}
