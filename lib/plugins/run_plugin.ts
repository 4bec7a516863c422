import type { HostIo } from '../model/io';
import { describeKnown, Exit, KnownError } from '../model/known_error';
import type { Plugin, PluginCall, PluginOutcome } from './plugin';
import { bugFound, runFailed } from './problems';

/** Runs a plugin and turns every error into an outcome. The only place that catches them. */
export async function runPlugin(plugin: Plugin, call: PluginCall, io: HostIo): Promise<PluginOutcome> {
  try {
    return await plugin(call, io);
  } catch (error) {
    if (error instanceof KnownError) {
      const report = { status: error.code, problems: [runFailed(error)] };
      return { status: error.code, summary: describeKnown(error), report };
    }
    io.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const bug = bugFound(error);
    return { status: Exit.bug, summary: bug.message, report: { status: Exit.bug, problems: [bug] } };
  }
}
