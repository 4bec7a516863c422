import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { closeWriteEnd, makeFifos, type Fifo } from './fifo';
import { holdsFile, holdsSocket } from './holds_output';
import type { ScriptRun } from './script_run';

/** How a process ended. With neither status nor signal, it was not started. */
export interface End {
  readonly status: number | null;
  readonly signal: string | null;
  /** The system's error code if it could not be started. */
  readonly code: string | null;
}

/** A running script, or one that could not be started; see `end`. */
export interface StartedScript {
  readonly pid: number | undefined;
  readonly end: Promise<End>;
  readonly outputs: readonly Readable[];
  /** Resolves when no process holds its output any more. */
  readonly released: Promise<true>;
  /** Whether a process holds its output. */
  readonly holds: (pid: number) => boolean;
  readonly note: string | null;
}

/**
 * Starts a script in its own process group and sends its output to the sinks. It does not use execa: that would only
 * load execa's asynchronous half at each start of a hook. It does not throw for errors of the script.
 */
export async function startScript(run: ScriptRun): Promise<StartedScript> {
  const sinks = run.onStdout === null ? [run.onOutput] : [run.onOutput, run.onStdout];
  let note: string | null = null;
  const fifos = await makeFifos(sinks.length).catch(({ message }: Error): Fifo[] => {
    note = `it could not open /dev/stdout and /dev/stderr, which are sockets without mkfifo (${message})`;
    return [];
  });
  const paths = fifos.map(({ path }) => path);
  const holds = (pid: number): boolean =>
    paths.length > 0 ? holdsFile(pid, paths) : holdsSocket(pid, run.mark);
  const [stderr, stdout = stderr] = fifos.map(({ writeEnd }) => writeEnd);
  const isBytes = run.input instanceof Buffer;
  let child: ChildProcess | null = null;
  let end: Promise<End>;
  try {
    child = spawn(run.path, run.args, {
      stdio: [
        isBytes ? 'pipe' : ((run.input as number | null) ?? 'ignore'),
        stdout ?? 'pipe',
        stderr ?? 'pipe',
      ],
      env: { ...process.env, ...run.env },
      detached: true,
    });
    end = endOf(child);
  } catch (error) {
    // Node throws some errors instead of emitting them: E2BIG, ENOMEM, ENOEXEC.
    end = Promise.resolve({
      status: null,
      signal: null,
      code: (error as NodeJS.ErrnoException).code ?? null,
    });
  }
  // A script need not read its input, so write errors are ignored.
  child?.stdin?.on('error', () => undefined).end(run.input);
  fifos.forEach(closeWriteEnd);
  const outputs =
    fifos.length > 0 ? fifos.map(({ output }) => output) : [child?.stderr ?? [], child?.stdout ?? []].flat();
  outputs.forEach((output, i) => output.on('data', sinks[i] ?? run.onOutput));
  const released = Promise.all(outputs.map(closed)).then(() => true as const);
  return { pid: child?.pid, end, outputs, released, holds, note };
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve({ status, signal, code: null }));
    child.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve({ status: null, signal: null, code: code ?? null }),
    );
  });
}

function closed(output: Readable): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['close', 'end', 'error']) output.once(event, () => resolve());
  });
}
