/** How the output of `status` and `plan` looks. */
export interface StatusStyle {
  /** Characters per line. */
  readonly width: number;
  readonly color: boolean;
  /** Paths in this folder are shown relative to it. */
  readonly confFolder: string;
}
