import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type Question = { kind: 'ini'; text: string } | { kind: 'glob'; pattern: string; name: string };
export type Ask = (question: Question) => Promise<unknown>;

/**
 * A describe() whose tests can ask Python's standard library what it makes of the same input: one process for all
 * questions. Without python3 the tests are skipped, and one line says so; KVMVLAN_REQUIRE_ALL_TIERS=1 makes them fail.
 */
export function describePython(name: string, body: (ask: Ask) => void): void {
  const isHere = spawnSync('python3', ['-c', 'import configparser, fnmatch']).status === 0;
  if (!isHere && process.env.KVMVLAN_REQUIRE_ALL_TIERS !== '1') {
    process.stdout.write(`unit: "${name}" is skipped: there is no python3 to compare with\n`);
    describe.skip(name, () => body(() => Promise.reject(new Error('skipped'))));
    return;
  }
  describe(name, () => {
    // A busy machine takes its time for the thousands of questions of a property.
    jest.setTimeout(60_000);
    let python: Python | undefined;
    beforeAll(() => {
      if (!isHere) throw new Error('there is no python3 to compare with');
      python = new Python();
    });
    afterAll(() => python?.end());
    body((question) => {
      if (python === undefined) throw new Error('Python is there in tests only');
      return python.ask(question);
    });
  });
}

class Python {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];
  private said = '';
  private hasEnded = false;

  constructor() {
    this.child = spawn('python3', [join(__dirname, 'reference.py')]);
    this.child.stderr.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.child.stdin.on('error', () => undefined);
    this.child.on('close', () => {
      this.hasEnded = true;
      for (const { reject } of this.waiting) reject(this.endedError());
    });
    createInterface(this.child.stdout).on('line', (line) => this.waiting.shift()?.resolve(JSON.parse(line)));
  }

  ask(question: Question): Promise<unknown> {
    if (this.hasEnded) return Promise.reject(this.endedError());
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  private endedError(): Error {
    return new Error(`python3 has ended: ${this.said}`);
  }

  end(): void {
    this.child.stdin.end();
  }
}
