import type { Duplex } from 'node:stream';
import { eachLine } from './lines';

/** What a script did; `status` is null where it had to be killed at its time limit. */
export interface ScriptResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

interface Waiting {
  resolve: (result: ScriptResult) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

// A word on the line must not be empty, see guest/agent.py.
const encode = (data: Buffer) => (data.length > 0 ? data.toString('base64') : '=');
const decode = (word = '=') => (word === '=' ? '' : Buffer.from(word, 'base64').toString());

/** How long the machine may be slower than the agent in it promises. */
const graceMs = 30_000;

/** This end of the serial line to guest/agent.py. Any number of scripts may run at once. */
export class Agent {
  private readonly waiting = new Map<string, Waiting>();
  private lastId = 0;

  /** `hello` is called when the agent says that it has started: at each boot, with its id. */
  constructor(
    private readonly line: Duplex,
    private readonly hello: (bootId: string) => void,
  ) {
    eachLine(line, (text) => this.take(text));
    line.on('error', () => undefined); // QEMU's end says more: Qemu.exited
  }

  /** Runs `script` with bash as root; ends it after `timeoutMs`. */
  run(script: string, stdin: Buffer, timeoutMs: number): Promise<ScriptResult> {
    const id = String(++this.lastId);
    return new Promise((resolve, reject) => {
      const silent = () => {
        this.waiting.delete(id);
        reject(new Error(`The machine gave no answer within ${timeoutMs + graceMs} ms`));
      };
      const timer = setTimeout(silent, timeoutMs + graceMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.send('run', id, String(timeoutMs / 1000), encode(Buffer.from(script)), encode(stdin));
    });
  }

  /** Gives up on all scripts that run: whoever waits for one is told `why`. */
  forget(why: string): void {
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new Error(why));
    }
    this.waiting.clear();
  }

  private send(...words: string[]): void {
    // The blank line ends what a restored snapshot may have cut off in the middle.
    this.line.write(`\n${words.join(' ')}\n`);
  }

  private take(text: string): void {
    const [kind, id = '', status, stdout, stderr] = text.split(' ');
    if (kind === 'hello') this.hello(id);
    const asked = this.waiting.get(id);
    // Unknown: a script that the machine's restored past had begun.
    if (kind !== 'end' || !asked) return;
    this.waiting.delete(id);
    clearTimeout(asked.timer);
    asked.resolve({
      status: status === 'timeout' ? null : Number(status),
      stdout: decode(stdout),
      stderr: decode(stderr),
    });
  }
}
