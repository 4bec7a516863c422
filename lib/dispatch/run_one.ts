import { join } from 'node:path';
import type { ScriptConf } from '../model/conf/dispatch_conf';
import { describeUnsafe } from '../system/files/describe_unsafe';
import { openLogFile } from '../system/log/log_file';
import { monotonic } from '../system/process/monotonic';
import { bundledPlugin } from './bundled_plugin';
import type { Script } from './list_scripts';
import { refusal } from './refusal';
import { runFile } from './run_file';
import { runInProcess } from './run_in_process';
import type { CallContext, RunResult, ScriptJob } from './script_job';

/** Runs one script, or its bundled plugin in this process, and writes its output to its log. Never throws. */
export async function runOne(
  script: Script,
  conf: ScriptConf,
  logPath: string,
  context: CallContext,
): Promise<RunResult> {
  const { call, root } = context;
  const log = openLogFile(logPath, conf.log);
  const words = [call.driver, call.object, call.operation, call.suboperation, call.extra];
  log.note(`${new Date().toISOString()} ${script.name}: ${words.join(' ')}`);
  const began = monotonic();
  const confFile = join(root, 'conf', `${script.stem}.conf`);
  const result = await run({ script, conf, confFile, logPath, log }, context);
  const ms = monotonic() - began;
  const ended = result.failure === null ? 'ok' : `failed: ${result.failure.reason}`;
  log.note(`${new Date().toISOString()} ${script.name}: ${ended}, in ${ms} ms`);
  if (result.note !== null) log.note(result.note);
  log.close();
  const notes = [result.note, log.trouble].filter((text) => text !== null);
  return { ...result, note: notes.length === 0 ? null : notes.join('; ') };
}

async function run(job: ScriptJob, context: CallContext): Promise<RunResult> {
  try {
    const unsafe = process.geteuid?.() === 0 ? refusal(job.script.path) : null;
    if (unsafe !== null) return refused(describeUnsafe(unsafe), job);
    const plugin = bundledPlugin(job.script, context.file);
    return await (plugin === null ? runFile(job, context) : runInProcess(plugin, job, context));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const failure = { reason: 'could not be run', detail };
    job.log.line((error instanceof Error ? error.stack : undefined) ?? `${failure.reason}: ${detail}`);
    return { status: null, failure, note: null, output: Buffer.alloc(0) };
  }
}

/** A script that root must not run counts as failed: a guest must not start without the script's work. */
function refused(why: string, { log }: ScriptJob): RunResult {
  log.note(why);
  return { status: null, failure: { reason: 'not run', detail: why }, note: null, output: Buffer.alloc(0) };
}
