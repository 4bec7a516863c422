/** The words that all other modules share. Types only, and the one error class. */

declare const vidBrand: unique symbol;
/** A VLAN ID that a parser has checked: 1..4094 (IEEE 802.1Q reserves 0 and 4095). */
export type Vid = number & { readonly [vidBrand]: true };

/** How frames of a VLAN leave a port. */
export type Egress = 'tagged' | 'untagged';

/** All that a bridge port knows of VLANs, as `bridge vlan show` tells it. */
export interface PortVlans {
  /** Where untagged frames that come in go to; null: they are dropped. */
  readonly pvid: Vid | null;
  /** The VLANs the port is a member of, the PVID's among them. */
  readonly vlans: ReadonlyMap<Vid, Egress>;
}

/** One call of a hook: `<hooks>/<driver> <object> <operation> <sub-operation> <extra>`. */
export interface HookCall {
  readonly driver: string;
  /** The guest's or network's name; `-` for daemon. */
  readonly object: string;
  readonly operation: string;
  readonly suboperation: string;
  readonly extra: string;
}

/** Where a word stands in a conf file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Something known that is wrong, and what to do about it. */
export interface Problem {
  readonly level: 'error' | 'warning';
  readonly message: string;
  /** What to do next; a whole sentence or a command. */
  readonly hint: string;
}

/** Exit codes of plugins and commands. */
export const Exit = { done: 0, failed: 1, usage: 2, bug: 3 } as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** A known error. Whoever catches it prints message and hint and ends with `code`. */
export class KnownError extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly code: ExitCode = Exit.failed,
  ) {
    super(message);
  }
}

export interface ExecOptions {
  /** Written to the command's standard input. */
  readonly input?: string;
  /** Milliseconds until it is killed; 10 000 unless given. */
  readonly timeoutMs?: number;
  /** An open file of ours that the command gets as its descriptor 3. */
  readonly inherit?: number;
}

export interface ExecResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** In words why it is not ok: `exit 1`, `timed out after 10 s`, `not found`, `killed by SIGKILL`. */
  readonly failure: string;
}

/** Runs a command without a shell. Never throws: a fault is a result. */
export type Exec = (command: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

/** Where a run tells what it does. Lines come without level and time. */
export interface Log {
  info(line: string): void;
  warning(line: string): void;
  error(line: string): void;
}
