import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDeb, debName } from './deb';
import { packageFiles } from './package_files';
import { packageVersion } from './package_version';
import { buildRpm, rpmName } from './rpm';
import { stage } from './stage';

const OUT = 'build/dist';
const FORMATS = ['deb', 'rpm', 'tree'] as const;
type Format = (typeof FORMATS)[number];

/**
 * Builds what is asked for, by default both packages, from what `npm run build` has built. Run it in the project's
 * root.
 */
function main(args: readonly string[]): void {
  const formats = args.length === 0 ? (['deb', 'rpm'] as const) : FORMATS.filter((it) => args.includes(it));
  if (args.length > formats.length) throw new Error('usage: npm run package [deb] [rpm] [tree]');
  for (const format of formats) process.stdout.write(`${build(format)}\n`);
}

/** Returns the path of the package. */
function build(format: Format): string {
  if (format === 'tree') return buildTree(join(OUT, 'tree'));
  const { version: released } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const version = packageVersion(released);
  const output = join(OUT, format === 'deb' ? debName(version.version) : rpmName(version.version));
  const work = mkdtempSync(join(tmpdir(), 'kvmvlan-package-'));
  try {
    (format === 'deb' ? buildDeb : buildRpm)(version, work, output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  removeOthers(output, format);
  return output;
}

/** install.sh takes the package that it finds, so there is one of each format. */
function removeOthers(output: string, format: Format): void {
  for (const name of readdirSync(OUT))
    if (name.endsWith(`.${format}`) && join(OUT, name) !== output) rmSync(join(OUT, name));
}

/** The files of the Debian package in a folder, for `install.sh --root`. */
function buildTree(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  stage(packageFiles('deb'), join(folder, 'root'));
  writeFileSync(join(folder, 'built'), '');
  return folder;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
