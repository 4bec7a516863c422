import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What libvirt sees of a hook. */
export interface Seen {
  /** null: killed by `signal`. */
  readonly status: number | null;
  readonly signal: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly ms: number;
  /** The processor time of all its processes: others on the machine do not add to it. */
  readonly cpuMs: number;
  /** The most memory that one of its processes had. */
  readonly peakKb: number;
  /** It had not ended when the test lost its patience. */
  readonly hung: boolean;
}

export interface Job {
  readonly argv: readonly (string | Buffer)[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: Buffer;
  /** Seconds. */
  readonly deadline: number;
  /** Pipes that nobody reads: closed at once. */
  readonly unread: readonly ('stdout' | 'stderr')[];
}

interface Waiting {
  readonly onPid: (pid: number) => void;
  readonly onEnd: (answer: Answer) => void;
}

type Answer = { id: number; pid?: number; cannotStart?: string } & Record<
  'status' | 'signal' | 'ms' | 'cpuMs' | 'peakKb',
  number
> & {
    stdout: string;
    stderr: string;
    hung: boolean;
  };

let helper: ChildProcessWithoutNullStreams | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

afterAll(() => {
  helper?.stdin.end();
  helper = null;
});

/** Runs a command as libvirt runs hooks. `onPid` is told its process once it runs. */
export function runAsLibvirt(job: Job, onPid: (pid: number) => void = () => undefined): Promise<Seen> {
  helper ??= start();
  const id = ++last;
  const encode = (text: string | Buffer): string => Buffer.from(text as string).toString('base64');
  const env = Object.fromEntries(Object.entries(job.env).map(([name, value]) => [name, encode(value)]));
  const { deadline, unread } = job;
  helper.stdin.write(
    `${JSON.stringify({ id, argv: job.argv.map(encode), env, input: encode(job.input), deadline, unread })}\n`,
  );
  return new Promise((resolve, reject) => {
    waiting.set(id, {
      onPid,
      onEnd: ({ status, signal, ms, cpuMs, peakKb, hung, stdout, stderr, cannotStart }) => {
        if (cannotStart !== undefined) reject(new Error(`cannot be started: ${cannotStart}`));
        else {
          const text = Buffer.from(stderr, 'base64').toString();
          resolve({
            status,
            signal,
            ms,
            cpuMs,
            peakKb,
            hung,
            stdout: Buffer.from(stdout, 'base64'),
            stderr: text,
          });
        }
      },
    });
  });
}

function start(): ChildProcessWithoutNullStreams {
  // Debian's own: a shim of pyenv would take longer than all hooks.
  const child = spawn('/usr/bin/python3', [join(__dirname, 'libvirt.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    const who = waiting.get(answer.id);
    if (answer.pid !== undefined) who?.onPid(answer.pid);
    else {
      waiting.delete(answer.id);
      who?.onEnd(answer);
    }
  });
  return child;
}
