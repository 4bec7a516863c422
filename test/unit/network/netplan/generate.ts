import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const hasNetplan = spawnSync('netplan', ['--help']).error === undefined;
if (!hasNetplan && process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1')
  throw new Error('netplan.io is not installed');

/** The files that netplan itself makes of its configuration files, by path. Throws if it finds something wrong. */
export function generate(files: Readonly<Record<string, string>>): Map<string, string> {
  const root = mkdtempSync(join(tmpdir(), 'kvmvlan-netplan-'));
  try {
    return generateIn(root, files);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function generateIn(root: string, files: Readonly<Record<string, string>>): Map<string, string> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o600 });
  }
  const { status, stderr } = spawnSync('netplan', ['generate', '--root-dir', root], { encoding: 'utf8' });
  const complaints = stderr.split('\n').filter((line) => line !== '' && !IRRELEVANT.test(line));
  if (status !== 0 || complaints.length > 0)
    throw new Error(`netplan generate: ${status} ${complaints.join('\n')}`);
  const found = new Map<string, string>();
  for (const folder of ['/run/systemd/network', '/run/NetworkManager/system-connections'])
    for (const entry of namesIn(join(root, folder)))
      found.set(`${folder}/${entry}`, readFileSync(join(root, folder, entry), 'utf8'));
  return found;
}

/** `gateway4` is deprecated, but it is in users' files; and the tests may run in a container without systemd. */
const IRRELEVANT =
  /gateway[46]. has been deprecated|[Rr]unning in chroot|\/proc\/ is not mounted|invocation environment|mileage may vary|^See the 'Default routes'|^section of the documentation|System has not been booted|Failed to connect to bus/;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}
