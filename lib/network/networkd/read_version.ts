import type { Exec } from '../../model/io';

/** The version of systemd, such as 252; null: not known. */
export async function readVersion(exec: Exec): Promise<number | null> {
  const { stdout } = await exec('networkctl', ['--version'], { timeoutMs: 5_000 });
  return Number(/^systemd (\d+)/.exec(stdout)?.[1] ?? NaN) || null;
}
