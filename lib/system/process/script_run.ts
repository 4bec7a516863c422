/** A script to run, and the sinks of its output. */
export interface ScriptRun {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The `NAME=value` of the environment that no other script has. */
  readonly mark: string;
  /** Its standard input: a descriptor, or the bytes themselves; null: /dev/null. */
  readonly input: number | Buffer | null;
  /** Gets its standard error, and also its standard output if `onStdout` is null. */
  readonly onOutput: (chunk: Buffer) => void;
  readonly onStdout: ((chunk: Buffer) => void) | null;
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}
