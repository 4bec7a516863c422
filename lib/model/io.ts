export interface ExecOptions {
  /** Written to the command's standard input. */
  readonly input?: string;
  /** Milliseconds until it is killed; 10 000 unless given. */
  readonly timeoutMs?: number;
  /** An open file of this process that the command gets as its descriptor 3. */
  readonly inherit?: number;
}

/** How a command ended, or why it did not run. */
export type CommandEnd =
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'killed'; readonly signal: string }
  /** It could not be started, or its output could not be read; `code` is the system's name for it: `EACCES`. */
  | { readonly kind: 'failed'; readonly code: string | null };

export interface ExecResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly end: CommandEnd;
}

/** Runs a command without a shell. Never throws: a failure is a result. */
export type Exec = (command: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

/** Where a run reports what it does. Lines have no level and no time. */
export interface Log {
  info(line: string): void;
  warning(line: string): void;
  error(line: string): void;
}

/** Notices changes in a folder. */
export interface FolderWatch {
  /** Resolves as soon as a file has been added, removed or replaced since the last call, at the latest after `ms`. */
  readonly changed: (ms: number) => Promise<void>;
  readonly close: () => void;
}

/** The outside world, as far as plugins and commands need it. */
export interface HostIo {
  readonly exec: Exec;
  readonly log: Log;
  /**
   * The text of a file; null: it does not exist. Throws KnownError if it cannot be read, or if it is a conf file that
   * users other than root can change and this process runs as root.
   */
  readonly readText: (path: string, kind?: 'conf') => string | null;
  /** Writes a file whole or not at all, with the mode for a new one; null removes it. Throws KnownError. */
  readonly writeText: (path: string, text: string | null, mode?: number) => void;
  /** The names in a folder; none if it does not exist. */
  readonly readFolder: (path: string) => readonly string[];
  /** Changes whenever a file in a folder with this ending is added, removed, replaced or written. */
  readonly folderStamp: (folder: string, ending: string) => string;
  /** Watches a folder from now on. Throws KnownError if it cannot. */
  readonly watch: (folder: string) => FolderWatch;
  /** What libvirt wrote to the hook's standard input; empty by hand. */
  readonly readInput: () => string;
  /**
   * Takes the lock that all programs of kvmvlan that change bridges share; resolves to its release. Throws KnownError.
   */
  readonly lock: () => Promise<() => void>;
  readonly isRoot: boolean;
  /** Milliseconds, for durations only. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
}
