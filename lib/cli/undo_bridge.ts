import { runBatch, toolError } from '../iproute2/run_batch';
import { devOf, type UndoneBridge } from '../switch/plan_undo';
import type { Exec, ExecResult, Problem } from '../types';

/** What came of the way back of one bridge. */
export interface RanUndo {
  /** How many commands were run, those that failed among them. */
  readonly ran: number;
  readonly problems: readonly Problem[];
}

/**
 * Runs the steps back for one bridge. A port that refuses a command is left, and the others still come back: nobody may
 * lose the host over a guest's port. Only filtering is not turned on where the host itself or an uplink has not got its
 * VLANs: that would cut it off.
 */
export async function undoBridge(
  exec: Exec,
  { bridge, steps }: UndoneBridge,
  uplinks: readonly string[],
): Promise<RanUndo> {
  const refused = new Map<string, Problem>();
  const isOpen = (command: readonly string[]): boolean => !refused.has(devOf(command));
  let ran = 0;
  for (const { tool, commands } of steps) {
    const turnsOn = commands.some((words) => words.join(' ').endsWith('vlan_filtering 1'));
    if (turnsOn && [bridge, ...uplinks].some((name) => refused.has(name))) break;
    for (let rest = commands.filter(isOpen); rest.length > 0;) {
      const { result, ran: count } = await runBatch(exec, tool, rest);
      ran += count;
      if (result.ok) break;
      const failed = rest[count - 1] ?? [];
      refused.set(devOf(failed), toProblem([tool, ...failed], result));
      rest = rest.slice(count).filter(isOpen);
    }
  }
  return { ran, problems: [...refused.values()] };
}

function toProblem(command: readonly string[], result: ExecResult): Problem {
  return {
    level: 'error',
    message: `${devOf(command)}: \`${command.join(' ')}\` failed: ${toolError(result)}.`,
    hint: 'All others have been tried.',
  };
}
