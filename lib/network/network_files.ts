/** Read access to the host's files. Nothing in it throws: what is not there or may not be read is null. */
export interface NetworkFiles {
  readonly text: (path: string) => string | null;
  /** The names in a folder. */
  readonly names: (path: string) => readonly string[] | null;
}
