import { checkReport } from './check_report';
import type { CliContext } from '../command';
import { realCheckIo, type CheckIo } from './check_io';
import { readFacts } from './read_facts';
import { runItems } from './run_items';

/** Checks the host and prints the findings. Returns 0, 1 if there are warnings, 2 if there are failures. */
export async function checkHost(
  json: boolean,
  { root, version, io, env, stdout, color }: CliContext,
  checkIo: CheckIo = realCheckIo(io),
): Promise<number> {
  const node = { path: process.execPath, version: process.versions.node };
  const self = { root, version, node, path: env.PATH, machine: process.arch };
  const findings = runItems(await readFacts(checkIo, self));
  const levels = findings.map(({ level }) => level);
  const status = levels.includes('failure') ? 2 : levels.includes('warning') ? 1 : 0;
  stdout(
    json ? `${JSON.stringify({ format: 1, status, findings }, null, 2)}\n` : checkReport(findings, color),
  );
  return status;
}
