import { dirname } from 'node:path';
import type { HookCall } from '../model/libvirt/hook_call';
import { readAll } from '../system/files/read_all';
import { runningGroups } from '../system/process/running_groups';
import { signalProcess } from '../system/process/signal_process';
import { writeAll } from '../system/files/write_all';
import { oneLine } from '../text/one_line';
import { argumentBytes } from './argument_bytes';
import { reportCall } from './call_report';
import { describeFault, dispatch } from './dispatch';
import { faultStatus } from './exit_status';
import { meetDog } from './meet_dog';
import { phaseOf } from '../model/libvirt/phases';
import { readCall } from '../model/libvirt/read_call';

/**
 * The process of a dispatcher, from libvirt's arguments to its exit status.
 *
 * @param file the path of the executable: its folder is the hooks root
 */
export async function dispatcherMain(driver: string, file: string): Promise<void> {
  const dog = meetDog();
  // Until all has gone well; also where node runs out of things to do before.
  process.exitCode = 1;
  // What is more than a line is the stack of a bug of ours.
  const stderr = (text: string): void => {
    const lines = text.split('\n').map((line) => oneLine(line));
    writeAll(2, `kvmvlan: ${lines.join('\n    ')}\n`);
  };
  const args = process.argv.slice(2);
  let call: HookCall;
  try {
    call = readCall(driver, args);
  } catch (error) {
    stderr(describeFault(error));
    process.exitCode = 2;
    return;
  }
  const phase = phaseOf(call);
  // As it was called: node has resolved the links in __filename, sh has not.
  const root = dirname(process.argv[1] ?? file);
  const report = reportCall(root, call, stderr);
  // Whatever ends us before all is done must not leave a script behind, nor pass for success.
  let isDone = false;
  const giveUp = (error: unknown): void => {
    isDone = true;
    for (const group of runningGroups) signalProcess(-group, 'SIGKILL');
    report.trouble(describeFault(error));
    process.exitCode = faultStatus(phase);
  };
  process.on('uncaughtException', (error) => {
    giveUp(error);
    process.exit();
  });
  process.on('exit', () => {
    if (!isDone) giveUp(new Error('the dispatcher ended before its scripts'));
  });

  const abort = new AbortController();
  const readInput = (): Buffer => {
    const input = phase.input === 'nothing' ? Buffer.alloc(0) : readAll(0);
    // Only now: until here a signal simply ends us, even while we wait for input.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
    dog.watchUs();
    return input;
  };
  const writeXml = (xml: Buffer): void => {
    dog.leave();
    const why = writeAll(1, xml);
    if (why !== null) throw new Error(`cannot pass the XML on: ${why}`);
  };
  const object = argumentBytes(args.length)[0] ?? Buffer.alloc(0);
  const status = await dispatch({
    root,
    call,
    object,
    phase,
    readInput,
    signal: abort.signal,
    writeXml,
    report,
  });
  isDone = true;
  // Everything is written, and a plugin that ran out of time must not keep libvirt waiting.
  process.exit(status);
}
