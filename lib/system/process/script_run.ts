/** A script to run, and what its output goes to. */
export interface ScriptRun {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What of it no other script has: `NAME=value`. */
  readonly mark: string;
  /** Its standard input: a descriptor, or the bytes themselves; null: /dev/null. */
  readonly input: number | Buffer | null;
  /** Takes what it writes to its standard error; to its standard output too, where that has no sink of its own. */
  readonly onOutput: (chunk: Buffer) => void;
  readonly onStdout: ((chunk: Buffer) => void) | null;
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}
