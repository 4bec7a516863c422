import { describeEnd } from '../model/describe_end';
import type { Exec, HostIo, Log } from '../model/io';
import { realIo } from '../system/real_io';
import type { Plugin, PluginCall } from '../plugins/plugin';
import { runPlugin } from '../plugins/run_plugin';
import { createLog } from '../system/log/create_log';
import { lockBridges } from '../system/files/lock';
import { monotonic } from '../system/process/monotonic';
import type { ScriptFailure } from '../system/process/run_script';
import { LastLine } from './last_line';
import type { CallContext, RunResult, ScriptJob } from './script_job';

/** Runs a bundled plugin in this process. To the outside it behaves like a separate process. */
export async function runInProcess(
  plugin: Plugin,
  { planned, conf, log: file }: ScriptJob,
  { call, input, signal }: CallContext,
): Promise<RunResult> {
  const said = new LastLine();
  const log = createLog((_level, line) => {
    file.line(line);
    said.add(Buffer.from(`${line}\n`));
  });
  const pluginCall: PluginCall = {
    object: call.object,
    hook: call,
    conf: planned.confFile,
    all: false,
    dryRun: false,
  };
  const timeoutMs = conf.timeout * 1000;
  const { io, stop } = stoppableIo(log, timeoutMs, () => input.toString('utf8'));
  let onAbort = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const cut = new Promise<ScriptFailure>((resolve) => {
    const timedOut = describeEnd({ kind: 'timeout', afterMs: timeoutMs });
    timer = setTimeout(() => resolve({ reason: timedOut, detail: null, isTimeout: true }), timeoutMs);
    onAbort = () => resolve({ reason: 'terminated together with the hook', detail: null });
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
  const outcome = await Promise.race([runPlugin(plugin, pluginCall, io), cut]);
  clearTimeout(timer);
  signal.removeEventListener('abort', onAbort);
  if ('reason' in outcome) stop();
  else if (outcome.status !== 0) log.error(outcome.summary);
  await log.close();
  const result = { note: null, output: Buffer.alloc(0) };
  if ('reason' in outcome) return { status: null, failure: outcome, ...result };
  const { status, failures = [], changes = [] } = outcome;
  const failure =
    status === 0 ? null : { reason: describeEnd({ kind: 'exit', status }), detail: said.text() };
  return { status, failure, failures, changes, ...result };
}

/** The default timeout of `Exec`. */
const COMMAND_MS = 10_000;

/**
 * Access to the host until `stop` or until the time is up. Then the effect is that of the end of a process: its
 * command is ended, its lock is released, and the plugin does not continue.
 */
function stoppableIo(log: Log, timeoutMs: number, readInput: () => string): { io: HostIo; stop: () => void } {
  const stopped = new AbortController();
  const { signal } = stopped;
  const io = realIo(log, readInput);
  const until = monotonic() + timeoutMs;
  let last: Promise<unknown> = Promise.resolve();
  const exec: Exec = (...words) => {
    const result = last.then(() => runNext(...words));
    last = result;
    return result;
  };
  const runNext: Exec = async (command, args, options = {}) => {
    // Signals are not handled while a command runs. Handle those that arrived in the meantime.
    await turn();
    if (signal.aborted) return never();
    const wanted = options.timeoutMs ?? COMMAND_MS;
    const left = Math.max(1, until - monotonic());
    const result = await io.exec(command, args, { ...options, timeoutMs: Math.min(wanted, left) });
    await turn();
    const isOver = left < wanted && result.end.kind === 'timeout';
    return signal.aborted || isOver ? never() : result;
  };
  const lock = async (): Promise<() => void> => {
    const release = await lockBridges(exec);
    signal.addEventListener('abort', release);
    return () => {
      signal.removeEventListener('abort', release);
      release();
    };
  };
  return { io: { ...io, exec, lock }, stop: () => stopped.abort() };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
