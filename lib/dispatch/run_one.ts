import type { ScriptConf } from '../model/conf/dispatch_conf';
import { describeUnsafe } from '../system/files/describe_unsafe';
import { openLogFile } from '../system/log/log_file';
import { monotonic } from '../system/process/monotonic';
import { bundledPlugin } from './bundled_plugin';
import type { PlannedScript } from './plan_call';
import { refusal } from './refusal';
import { runFile } from './run_file';
import { runInProcess } from './run_in_process';
import type { CallContext, RunResult, ScriptJob } from './script_job';

/**
 * Runs one script, or its bundled plugin in this process, and writes its output to its log. Never throws.
 *
 * @param conf its conf with the time that is left
 */
export async function runOne(
  planned: PlannedScript,
  conf: ScriptConf,
  context: CallContext,
): Promise<RunResult> {
  const { call } = context;
  const { script } = planned;
  const log = openLogFile(planned.log, conf.log);
  const words = [call.driver, call.object, call.operation, call.suboperation, call.extra];
  log.note(`${new Date().toISOString()} ${script.name}: ${words.join(' ')}`);
  const began = monotonic();
  const result = await run({ planned, conf, log }, context);
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
    const unsafe = process.geteuid?.() === 0 ? refusal(job.planned.script.path) : null;
    if (unsafe !== null) return refused(describeUnsafe(unsafe), job);
    const plugin = bundledPlugin(job.planned.script, context.file);
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
