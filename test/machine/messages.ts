import type { ScriptResult } from './agent';

/** What a test file asks the process that keeps the machine, one JSON line each. */
export type Order =
  | { do: 'run'; script: string; stdin: string; timeoutMs: number }
  | { do: 'snapshot' | 'restore'; name: string }
  | { do: 'snapshots' | 'reboot' };

export type Request = Order & { id: number };

export interface Reply {
  id: number;
  result?: ScriptResult;
  /** The names of all snapshots. */
  known?: string[];
  error?: string;
}

/** The reply nobody asked for: the machine is there, as it was when freshly booted, and is yours alone. */
export const yoursNow = 0;
