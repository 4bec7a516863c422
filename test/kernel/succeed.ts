import type { Kernel, RunOptions } from './kernel';

/** Runs a script that must work, stopping at its first failing command. Returns its stdout; throws with all it said. */
export async function succeed(kernel: Kernel, script: string, options?: RunOptions): Promise<string> {
  const { status, stdout, stderr } = await kernel.run(`set -e\n${script}`, options);
  if (status !== 0)
    throw new Error(`Status ${status} from:\n${script}\nstdout: ${stdout}\nstderr: ${stderr}`);
  return stdout;
}
