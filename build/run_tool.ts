import { spawnSync } from 'node:child_process';

/** Runs a program, without a shell, and returns its output. Throws if it fails or does not exist. */
export function runTool(tool: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Buffer {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...env },
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT')
    throw new Error(
      `${tool} was not found. Install it, or build only the other package: npm run package deb, npm run package rpm`,
    );
  if (status !== 0)
    throw new Error(`${tool} failed: ${error?.message ?? `${String(stdout)}${String(stderr)}`}`);
  return stdout;
}
