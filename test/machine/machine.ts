import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import type { ScriptResult } from './agent';
import { eachLine } from './lines';
import { yoursNow, type Order, type Reply } from './messages';

export interface RunOptions {
  /** 180 000 unless given. */
  timeoutMs?: number;
  stdin?: string | Buffer;
}

const maxBuffer = 1 << 28;

/** The machine as a test sees it. All calls may overlap. */
export class Machine {
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private lastId = yoursNow;

  private constructor(private readonly socket: Socket) {
    eachLine(socket, (line) => {
      const reply = JSON.parse(line) as Reply;
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
    });
    const lost = () => {
      for (const [id, tell] of this.waiting)
        tell({ id, error: 'The process that keeps the machine is gone' });
      this.waiting.clear();
    };
    socket.on('error', lost).on('close', lost);
  }

  /** Waits until the machine is booted, and no other test file uses it. */
  static async connect(socketPath: string): Promise<Machine> {
    const machine = new Machine(connect(socketPath));
    const { error } = await machine.reply(yoursNow);
    if (error !== undefined) throw new Error(error);
    return machine;
  }

  /** Runs a bash script as root, whatever becomes of it; throws only where it had to be killed. */
  async run(script: string, { timeoutMs = 180_000, stdin = '' }: RunOptions = {}): Promise<ScriptResult> {
    const given = Buffer.from(stdin).toString('base64');
    const { result } = await this.order({ do: 'run', script, stdin: given, timeoutMs });
    if (!result) throw new Error('The machine sent no result');
    if (result.status !== null) return result;
    throw new Error(`Not done within ${timeoutMs} ms: ${script}\n${result.stdout}${result.stderr}`);
  }

  /** Runs a script that must succeed, and gives its stdout. */
  async must(script: string, options: RunOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(`set -e\n${script}`, options);
    if (status !== 0) throw new Error(`Exit status ${status}: ${script}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Copies a file or folder, or of a folder the `files` named, to `guestPath`, owned by root. */
  async copyIn(hostPath: string, guestPath: string, files: string[] = ['.']): Promise<void> {
    const pack = ['--owner=0', '--group=0', '-C', hostPath, '-c', '--', ...files];
    const { stdout } = await promisify(execFile)('tar', pack, { encoding: 'buffer', maxBuffer });
    await this.must(`mkdir -p '${guestPath}'; tar -C '${guestPath}' -x`, { stdin: stdout });
  }

  /** Writes a file, and the folders on the way to it. */
  async write(guestPath: string, text: string, mode = '644'): Promise<void> {
    const file = `'${guestPath}'`;
    await this.must(`mkdir -p "$(dirname ${file})"; cat >${file}; chmod ${mode} ${file}`, { stdin: text });
  }

  /** Keeps all of the machine as it is now, running guests and all. `restore` goes back, in half a second. */
  async snapshot(name: string): Promise<void> {
    await this.order({ do: 'snapshot', name });
  }

  async restore(name: string): Promise<void> {
    await this.order({ do: 'restore', name });
  }

  /**
   * Brings the machine into the state `name`: by `prepare`, where no test file has done that yet; by going back to it
   * otherwise. So what several test files begin with is done once.
   */
  async prepared(name: string, prepare: () => Promise<unknown>): Promise<void> {
    const { known = [] } = await this.order({ do: 'snapshots' });
    if (known.includes(name)) return this.restore(name);
    await prepare();
    await this.snapshot(name);
  }

  /** Shuts the machine down, and waits until it is up again. */
  async reboot(): Promise<void> {
    await this.order({ do: 'reboot' });
  }

  /** Leaves the machine to the next test file. */
  close(): void {
    this.socket.end();
  }

  private async order(order: Order): Promise<Reply> {
    const id = ++this.lastId;
    this.socket.write(`${JSON.stringify({ ...order, id })}\n`);
    const reply = await this.reply(id);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  private reply(id: number): Promise<Reply> {
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }
}
