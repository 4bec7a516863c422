/** Read access to the host's files. Its functions do not throw: a missing or unreadable file is null. */
export interface NetworkFiles {
  readonly text: (path: string) => string | null;
  /** The names in a folder. */
  readonly names: (path: string) => readonly string[] | null;
}
