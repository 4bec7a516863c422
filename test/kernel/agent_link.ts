import type { KernelKind } from './kernel';

/** What the agent inside understands, see inside/agent.py. */
export type Question = { sandbox: string } & (
  | { verb: 'open' | 'close' }
  | { verb: 'plug' | 'unplug'; tap: string }
  | { verb: 'run'; run: string; interpreter: 'sh' | 'frames' | 'dhcp'; timeoutMs: number }
  | ({ verb: 'shell'; shell: string; script: string; term: string } & Size)
  | { verb: 'type'; shell: string; text: string }
  | ({ verb: 'resize'; shell: string } & Size)
);

/** Of a terminal, in characters. */
export interface Size {
  rows: number;
  columns: number;
}

export interface Answer {
  status?: number;
  /** What the terminal of a shell shows. Other answers to the same question follow. */
  output?: string;
  timedOut?: boolean;
  error?: string;
}

/** A way to ask the agent inside: its own console, or a socket of the process that has the console. */
export interface AgentLink {
  readonly kind: KernelKind;
  /** The folder that inside and outside share, at the same path. */
  readonly shared: string;
  /** Rejects when the agent cannot answer; an answer with an error rejects too. */
  ask(question: Question, onOutput?: (text: string) => void): Promise<Answer>;
  close(): Promise<void>;
}
