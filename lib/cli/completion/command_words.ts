/** An option of a command, as completion and man page tell of it. */
export interface OptionWords {
  readonly name: string;
  readonly alias: string | null;
  readonly describe: string;
  /** null: it takes no value; empty: any. */
  readonly choices: readonly string[] | null;
  /** Whether the value is a path. */
  readonly isPath: boolean;
}

export interface PositionalWords {
  readonly name: string;
  readonly describe: string;
  readonly isRequired: boolean;
  /** Empty: any; or guests and bridges, by the name. */
  readonly choices: readonly string[];
}

/** A command as completion and man page tell of it. */
export interface CommandWords {
  readonly name: string;
  readonly describe: string;
  readonly positionals: readonly PositionalWords[];
  readonly options: readonly OptionWords[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly epilogue: string | null;
}
