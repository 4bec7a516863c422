import { runBatch, toolError } from '../iproute2/run_batch';
import type { Exec, Problem } from '../types';
import type { Step } from '../vlan/plan_bridge';

/** What came of steps. */
export interface RunSteps {
  /** The commands that were run, the one that failed among them. */
  readonly commands: readonly string[];
  readonly problem: Problem | null;
}

/** The commands of steps as a shell takes them. */
export function commandsOf(steps: readonly Step[]): string[] {
  return steps.flatMap(({ tool, commands }) => commands.map((args) => [tool, ...args].join(' ')));
}

/**
 * Runs the steps for one bridge, one after the other; after the first that fails nothing more is tried: the deletes
 * come last, so the bridge then carries more VLANs than wanted rather than fewer.
 */
export async function runSteps(exec: Exec, bridge: string, steps: readonly Step[]): Promise<RunSteps> {
  const ran: string[] = [];
  for (const step of steps) {
    const { result, ran: count } = await runBatch(exec, step.tool, step.commands);
    ran.push(...commandsOf([step]).slice(0, count));
    if (result.ok) continue;
    const command = ran.at(-1) ?? step.tool;
    const deleted = command.includes(' vlan del ') ? '' : '; nothing was deleted';
    return {
      commands: ran,
      problem: {
        level: 'error',
        message: `bridge ${bridge}: \`${command}\` failed: ${toolError(result)}.`,
        hint: `Run it by hand to see more, then run \`bridge_init\`. What came after it has not been tried${deleted}.`,
      },
    };
  }
  return { commands: ran, problem: null };
}
