import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecResult } from '../../../../../lib/model/io';

const FOLDER = join(__dirname, '../../../../fixtures/netfilter');

/** The recorded rules: their Debian and their script. */
export const RECORDED = ['debian-12', 'debian-13'].flatMap((debian) =>
  readdirSync(join(FOLDER, debian)).map((name) => [debian, name] as const),
);

/** What really became of the packet. */
export function recordedFate(debian: string, name: string): string {
  return readFileSync(join(FOLDER, debian, name, 'fate'), 'utf8').trim();
}

/** How the tools ended, by their command line. */
export function recordedCommands(debian: string, name: string): Record<string, ExecResult> {
  const files = {
    'iptables-save': 'iptables-save.txt',
    'iptables-legacy-save': 'iptables-legacy-save.txt',
    'nft -j -t list ruleset': 'nft.json',
  };
  const results = Object.entries(files).map(([command, file]) => {
    const read = (ending: string): string | null => {
      const path = join(FOLDER, debian, name, `${file}${ending}`);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    };
    const [stdout, stderr, status] = [read(''), read('.stderr'), Number(read('.status') ?? 0)];
    const end = { kind: 'exit', status } as const;
    return stdout === null
      ? []
      : [[command, { ok: status === 0, stdout, stderr: stderr ?? '', end }] as const];
  });
  return Object.fromEntries(results.flat());
}
