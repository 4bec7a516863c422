import { checkReport } from './check_report';
import type { CliContext } from '../command';
import { realCheckIo, type CheckIo } from './check_io';
import { readFacts } from './read_facts';
import { nagios } from './nagios';
import { runItems } from './run_items';

/** How the findings are printed. */
export type CheckFormat = 'text' | 'json' | 'nagios';

/**
 * Checks the host and prints the findings. Returns 0, 1 if there are warnings, 2 if there are failures; for Nagios the
 * exit status of its plugins.
 */
export async function checkHost(
  format: CheckFormat,
  { root, version, io, env, stdout, color }: CliContext,
  checkIo: CheckIo = realCheckIo(io),
): Promise<number> {
  const node = { path: process.execPath, version: process.versions.node };
  const self = { root, version, node, path: env.PATH, machine: process.arch };
  const facts = await readFacts(checkIo, self);
  const findings = runItems(facts);
  if (format === 'nagios') {
    const { text, status } = nagios(findings, facts.state);
    stdout(text);
    return status;
  }
  const levels = findings.map(({ level }) => level);
  const status = levels.includes('failure') ? 2 : levels.includes('warning') ? 1 : 0;
  stdout(
    format === 'json'
      ? `${JSON.stringify({ format: 1, status, findings }, null, 2)}\n`
      : checkReport(findings, color),
  );
  return status;
}
