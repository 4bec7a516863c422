import type { Answer, Question } from './agent_link';

/** A loaded machine is slow; one that says nothing for this long on top of a question's own time is stuck. */
const PATIENCE_MS = 60_000;

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  onOutput: (text: string) => void;
  timer: NodeJS.Timeout | undefined;
}

/** The questions asked and not yet answered. */
export class Calls {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private ended: Error | undefined;

  constructor(private readonly send: (line: string) => void) {}

  /** Waits for the answer that nobody asked for: the one that says that the agent is there. */
  hello(patienceMs: number): Promise<Answer> {
    return this.expect(0, 'hello', patienceMs);
  }

  /** onOutput: gets what the terminal of a shell shows. */
  ask(question: Question, onOutput: (text: string) => void = () => undefined): Promise<Answer> {
    const call = ++this.last;
    const answer = this.expect(call, question.verb, patienceFor(question), onOutput);
    if (!this.ended) this.send(`${JSON.stringify({ ...question, call })}\n`);
    return answer;
  }

  /** line: the JSON of an answer. */
  settle(line: string): void {
    const answer = JSON.parse(line) as Answer & { call: number };
    const waiting = this.waiting.get(answer.call);
    if (!waiting) return;
    if (answer.output !== undefined) return waiting.onOutput(answer.output);
    this.waiting.delete(answer.call);
    clearTimeout(waiting.timer);
    if (answer.error === undefined) waiting.resolve(answer);
    else waiting.reject(new Error(answer.error));
  }

  /** From now on every question, also those already asked, fails with this. */
  end(error: Error): void {
    this.ended ??= error;
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(this.ended);
    }
    this.waiting.clear();
  }

  /** patienceMs: null waits without limit. */
  private expect(
    call: number,
    what: string,
    patienceMs: number | null,
    onOutput: (text: string) => void = () => undefined,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const giveUp = () => {
        this.waiting.delete(call);
        reject(new Error(`The kernel has not answered "${what}" for ${(patienceMs ?? 0) / 1000} s`));
      };
      const timer = patienceMs === null ? undefined : setTimeout(giveUp, patienceMs);
      this.waiting.set(call, { resolve, reject, onOutput, timer });
    });
  }
}

/** A person uses a shell for as long as they like. */
function patienceFor(question: Question): number | null {
  if (question.verb === 'shell') return null;
  return PATIENCE_MS + (question.verb === 'run' ? question.timeoutMs : 0);
}
