import { spawnSync } from 'node:child_process';

/** It comes with Prometheus; test/setup.sh installs it. */
export const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

/** What promtool finds wrong with a file of alerting rules. */
export function checkRules(path: string): { status: number | null; output: string } {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}

/** What promtool, which comes with Prometheus, finds wrong with metrics. */
export function checkWithPromtool(text: string): { status: number | null; output: string } {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}
