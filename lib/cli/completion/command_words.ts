/** An option of a command, for completion and man page. */
export interface OptionWords {
  readonly name: string;
  readonly alias: string | null;
  readonly describe: string;
  /** null: it has no value; empty: any value. */
  readonly choices: readonly string[] | null;
  /** Whether the value is a path. */
  readonly isPath: boolean;
}

export interface PositionalWords {
  readonly name: string;
  readonly describe: string;
  readonly isRequired: boolean;
  /** Empty: any value; or guests and bridges, depending on the name. */
  readonly choices: readonly string[];
}

/** A command, for completion and man page. */
export interface CommandWords {
  readonly name: string;
  readonly describe: string;
  readonly positionals: readonly PositionalWords[];
  readonly options: readonly OptionWords[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly epilogue: string | null;
}
