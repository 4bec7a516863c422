import type { HostIo } from '../model/io';
import { describeKnown, Exit, KnownError } from '../model/known_error';
import type { Problem } from '../model/problem';
import type { ProblemCode } from '../model/problem_code';
import type { Plugin, PluginCall, PluginOutcome } from './plugin';

/** Runs a plugin and turns every error into an outcome. The only place that catches them. */
export async function runPlugin(plugin: Plugin, call: PluginCall, io: HostIo): Promise<PluginOutcome> {
  try {
    return await plugin(call, io);
  } catch (error) {
    if (error instanceof KnownError) {
      const summary = describeKnown(error);
      return {
        status: error.code,
        summary,
        report: { status: error.code, problems: [problem('run-failed', error.message, error.hint)] },
      };
    }
    io.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const summary = `a bug: ${error instanceof Error ? error.message : String(error)}. Please report it with the log.`;
    return {
      status: Exit.bug,
      summary,
      report: { status: Exit.bug, problems: [problem('bug', summary, '')] },
    };
  }
}

function problem(code: ProblemCode, message: string, hint: string): Problem {
  return { level: 'error', code, message, hint };
}
