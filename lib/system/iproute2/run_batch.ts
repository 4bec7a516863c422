import { describeEnd } from '../../model/describe_end';
import type { Exec, ExecResult } from '../../model/io';

/** What came of commands. */
export interface BatchResult {
  /** Of the last process: the one that failed, or the one that showed. */
  readonly result: ExecResult;
  /** How many commands were run, the one that failed among them. */
  readonly ran: number;
}

/** What a batch takes for a comment, a quote or a continued line, whatever stands around it (iproute2 lib/utils.c). */
const NOT_FOR_BATCHES = /[#'"\\]/;

/**
 * Runs commands of `bridge` or `ip` up to the first that fails, and then `show`, the lines of a batch, if there are
 * any. One process does it all, unless a name is one that a batch would read as another: then each command has its own.
 */
export async function runBatch(
  exec: Exec,
  tool: 'bridge' | 'ip',
  commands: readonly (readonly string[])[],
  show = '',
): Promise<BatchResult> {
  const options = show === '' ? [] : ['-j'];
  if (commands.some((args) => args.some((word) => NOT_FOR_BATCHES.test(word)))) {
    let result: ExecResult | undefined;
    for (const [index, args] of commands.entries()) {
      result = await exec(tool, args);
      if (!result.ok) return { result, ran: index + 1 };
    }
    if (show !== '' || result === undefined)
      result = await exec(tool, [...options, '-batch', '-'], { input: show });
    return { result, ran: commands.length };
  }
  const input = commands.map((args) => `${args.join(' ')}\n`).join('') + show;
  const result = await exec(tool, [...options, '-batch', '-'], { input });
  // Without -force a batch ends at the first command that fails: "Command failed FILE:LINE".
  const line = Number(/Command failed -:(\d+)/.exec(result.stderr)?.[1] ?? 1);
  return { result, ran: result.ok ? commands.length : Math.min(line, commands.length) };
}

/** What a tool said of the command that failed, in one line without its full stop; else how it failed. */
export function toolError({ stderr, end }: ExecResult): string {
  const said = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Command failed'))
    .map((line) => line.replace(/\.$/, ''));
  return said.join('; ') || describeEnd(end);
}
