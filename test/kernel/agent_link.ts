import type { KernelKind } from './kernel';

/** What the agent inside understands, see inside/agent.py. */
export type Question = { sandbox: string } & (
  | { verb: 'open' | 'close' }
  | { verb: 'plug' | 'unplug'; tap: string }
  | { verb: 'run'; run: string; interpreter: 'sh' | 'frames'; timeoutMs: number }
);

export interface Answer {
  status?: number;
  timedOut?: boolean;
  error?: string;
}

/** A way to ask the agent inside: its own console, or a socket of the process that has the console. */
export interface AgentLink {
  readonly kind: KernelKind;
  /** The folder that inside and outside share, at the same path. */
  readonly shared: string;
  /** Rejects when the agent cannot answer; an answer with an error rejects too. */
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}
