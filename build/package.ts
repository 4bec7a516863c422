import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDeb, debName } from './deb';
import { packageVersion } from './package_version';
import { buildRpm, rpmName } from './rpm';

const OUT = 'build/dist';
const FORMATS = ['deb', 'rpm'] as const;

/** Builds the packages, by default both, from what `npm run build` has built. Run it in the project's root. */
function main(args: readonly string[]): void {
  const formats = args.length === 0 ? FORMATS : FORMATS.filter((format) => args.includes(format));
  if (args.length > formats.length) throw new Error('usage: npm run package [deb] [rpm]');
  const { version: released } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const version = packageVersion(released);
  const work = mkdtempSync(join(tmpdir(), 'kvmvlan-package-'));
  try {
    for (const format of formats) {
      const folder = join(work, format);
      mkdirSync(folder);
      const output = join(OUT, format === 'deb' ? debName(version.version) : rpmName(version.version));
      (format === 'deb' ? buildDeb : buildRpm)(version, folder, output);
      process.stdout.write(`${output}\n`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
