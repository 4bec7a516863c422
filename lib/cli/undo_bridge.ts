import { runBatch, toolError } from '../iproute2/run_batch';
import { shellQuote } from '../shell_quote';
import { devOf } from '../switch/dev_of';
import type { UndoneBridge } from '../switch/plan_undo';
import type { Exec, Problem } from '../types';

/** What came of the way back of one bridge. */
export interface RanUndo {
  /** How many commands were run, those that failed among them. */
  readonly ran: number;
  readonly problems: readonly Problem[];
}

/**
 * Runs the steps back for one bridge. A port that refuses a command is left, and the others still come back: nobody may
 * lose the host over a guest's port. But what would cut the host off from uplinks that refuse is not done: where all do,
 * its own port stays with them; where any does, or its own port, filtering is not turned on, nor anything deleted then.
 */
export async function undoBridge(
  exec: Exec,
  { bridge, steps }: UndoneBridge,
  uplinks: readonly string[],
): Promise<RanUndo> {
  const refused = new Map<string, Problem>();
  const refusedAdds = new Set<string>();
  const adds = steps.flatMap(({ commands }) => commands.filter(isAdd).map(devOf));
  const ways = uplinks.filter((name) => adds.includes(name));
  const isCutOff = (): boolean => ways.length > 0 && ways.every((name) => refusedAdds.has(name));
  let staysOff = false;
  const isOpen = (command: readonly string[]): boolean => {
    const dev = devOf(command) ?? '';
    if (refused.has(dev) || (dev === bridge && isCutOff())) return false;
    return !(staysOff && isDelete(command));
  };
  let ran = 0;
  for (const { tool, commands } of steps) {
    const turnsOn = commands.some((words) => words.join(' ').endsWith('vlan_filtering 1'));
    if (turnsOn && [bridge, ...uplinks].some((name) => refused.has(name))) {
      staysOff = true;
      continue;
    }
    for (let rest = commands.filter(isOpen); rest.length > 0;) {
      const { result, ran: count } = await runBatch(exec, tool, rest);
      ran += count;
      if (result.ok) break;
      const failed = rest[count - 1] ?? [];
      const dev = devOf(failed) ?? '';
      if (isAdd(failed)) refusedAdds.add(dev);
      const hint =
        ways.includes(dev) && isCutOff()
          ? `The host stays in the VLANs it is in now, as it would be cut off without ${dev}; look at \`ip -d link show ${shellQuote(dev)}\`.`
          : 'All others have been tried.';
      refused.set(dev, {
        level: 'error',
        message: `${dev}: \`${[tool, ...failed].join(' ')}\` failed: ${toolError(result)}.`,
        hint,
      });
      rest = rest.slice(count).filter(isOpen);
    }
  }
  return { ran, problems: [...refused.values()] };
}

const isAdd = ([object, action]: readonly string[]): boolean => object === 'vlan' && action === 'add';
const isDelete = ([object, action]: readonly string[]): boolean => object === 'vlan' && action === 'del';
