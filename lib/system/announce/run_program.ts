import { whyFailed } from '../../model/describe_end';
import type { Exec, ExecOptions } from '../../model/io';

/** What can open a packet socket: perl is on every Debian, python3 on every Fedora. */
export type Sender = 'perl' | 'python3';

/** A program for each of them: its option that takes the text of a program, and the text. */
export type Programs = readonly (readonly [tool: Sender, option: string, program: string])[];

/** What it printed, or why it did not run to its end. */
export type Printed =
  { readonly stdout: string; readonly why: null } | { readonly stdout: null; readonly why: string };

/** Runs the first of these programs that has its interpreter, with frames as lines of hexadecimal digits. */
export async function runProgram(
  exec: Exec,
  programs: Programs,
  args: readonly string[],
  frames: readonly Uint8Array[],
  options: Pick<ExecOptions, 'timeoutMs'> = {},
): Promise<Printed> {
  const input = frames.map((frame) => `${Buffer.from(frame).toString('hex')}\n`).join('');
  for (const [tool, option, program] of programs) {
    const result = await exec(tool, [option, program, ...args], { ...options, input });
    if (result.ok) return { stdout: result.stdout, why: null };
    if (result.end.kind !== 'not-found')
      return { stdout: null, why: `${tool}: ${whyFailed(result).split('\n').at(-1)}` };
  }
  return { stdout: null, why: 'there is neither perl nor python3 to send frames with' };
}
