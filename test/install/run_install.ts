import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a checkout's install.sh, from `/`. */
export function runInstall(checkout: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const { status, stdout, stderr } = spawnSync(join(checkout, 'install.sh'), args, {
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}
