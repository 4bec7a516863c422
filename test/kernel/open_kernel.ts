import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentLink } from './agent_link';
import type { Kernel, RunOptions, RunResult, Shell, ShellOptions } from './kernel';

/** A sandbox of its own on this link; stop() closes both. */
export async function openKernel(link: AgentLink): Promise<Kernel> {
  let sandbox = await openSandbox(link);
  return {
    kind: link.kind,
    run: (script, options = {}) => run(link, sandbox, script, options),
    shell: (options) => openShell(link, sandbox, options),
    async plug(tap) {
      await link.ask({ verb: 'plug', sandbox, tap });
    },
    async unplug(tap) {
      await link.ask({ verb: 'unplug', sandbox, tap });
    },
    async reset() {
      await link.ask({ verb: 'close', sandbox });
      sandbox = await openSandbox(link);
    },
    stop: () => link.close(),
  };
}

async function openSandbox(link: AgentLink): Promise<string> {
  const sandbox = randomUUID();
  await link.ask({ verb: 'open', sandbox });
  return sandbox;
}

async function run(
  link: AgentLink,
  sandbox: string,
  script: string,
  options: RunOptions,
): Promise<RunResult> {
  const { timeoutMs = 60_000, stdin = '', interpreter = 'sh' } = options;
  const name = randomUUID();
  const folder = join(link.shared, name);
  const read = (file: string) => readFile(join(folder, file), 'utf8').catch(() => '');
  await mkdir(folder).catch(async (error: Error) => {
    await link.ask({ verb: 'close', sandbox }); // the folder goes with the kernel: this rejects with how that ended
    throw error;
  });
  try {
    await Promise.all([writeFile(join(folder, 'script'), script), writeFile(join(folder, 'stdin'), stdin)]);
    const answer = await link.ask({ verb: 'run', sandbox, run: name, interpreter, timeoutMs });
    const [stdout, stderr] = await Promise.all([read('stdout'), read('stderr')]);
    if (answer.timedOut || answer.status === undefined) {
      throw new Error(`Killed after ${timeoutMs} ms:\n${script}\nstdout: ${stdout}\nstderr: ${stderr}`);
    }
    return { status: answer.status, stdout, stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** More than the console of a kernel takes in at once would be lost. */
const TYPED_AT_ONCE = 1024;

function openShell(link: AgentLink, sandbox: string, options: ShellOptions): Shell {
  const { onOutput, ...terminal } = options;
  const shell = randomUUID();
  const answer = link.ask({ verb: 'shell', sandbox, shell, ...terminal }, onOutput);
  // A kernel that has ended rejects the shell's own answer, too: that one says so.
  const send = (question: Parameters<AgentLink['ask']>[0]) => void link.ask(question).catch(() => undefined);
  return {
    type(text) {
      for (let at = 0; at < text.length; at += TYPED_AT_ONCE)
        send({ verb: 'type', sandbox, shell, text: text.slice(at, at + TYPED_AT_ONCE) });
    },
    resize: ({ rows, columns }) => send({ verb: 'resize', sandbox, shell, rows, columns }),
    ended: answer.then(({ status = 1 }) => status),
  };
}
