import { describeEnd } from '../../model/describe_end';
import type { Exec, ExecResult } from '../../model/io';

/** The result of commands. */
export interface BatchResult {
  /** The result of the last process: the one that failed, or the one of `show`. */
  readonly result: ExecResult;
  /** The number of commands that were run, including a failed one. */
  readonly ran: number;
}

/** Characters that mean a comment, a quote or a continued line anywhere in a batch (iproute2 lib/utils.c). */
const NOT_FOR_BATCHES = /[#'"\\]/;

/** The limit of any command, and what a batch has for each line if that is more: a thousand ports on a busy host. */
const [COMMAND_MS, LINE_MS] = [10_000, 10];

/**
 * Runs commands of `bridge` or `ip` until the first one fails, and then the batch lines `show`. All of it is one
 * process, unless a batch would misread a name: then each command is a separate process.
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
  const timeoutMs = Math.max(COMMAND_MS, LINE_MS * commands.length);
  const result = await exec(tool, [...options, '-batch', '-'], { input, timeoutMs });
  // Without -force a batch ends at the first command that fails: "Command failed FILE:LINE".
  const line = Number(/Command failed -:(\d+)/.exec(result.stderr)?.[1] ?? 1);
  return { result, ran: result.ok ? commands.length : Math.min(line, commands.length) };
}

/**
 * The error message of a tool in one line without its final period; without a message, how the tool ended.
 * `RTNETLINK answers: Operation not supported` → `Operation not supported`
 */
export function toolError({ stderr, end }: ExecResult): string {
  const said = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Command failed'))
    .map((line) => line.replace(/\.$/, ''));
  return said.join('; ').replace(/^(RTNETLINK answers|Error): /, '') || describeEnd(end);
}
