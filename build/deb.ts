import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { joinScript } from './join_script';
import { packageFiles } from './package_files';
import type { PackageVersion } from './package_version';
import { runTool } from './run_tool';
import { pathsBelow, setTimes, stage } from './stage';

const SOURCE = 'build/packages';
const SCRIPTS = ['preinst', 'postinst', 'prerm', 'postrm'];

/**
 * Builds the Debian package, without debhelper: a host needs nothing but dpkg.
 *
 * @param work an empty folder for temporary files
 */
export function buildDeb({ version, time }: PackageVersion, work: string, output: string): void {
  const tree = join(work, 'tree');
  const files = packageFiles('deb');
  stage(files, tree);
  addChangelog(tree, version, time);
  const conffiles = files.filter(({ kind }) => kind === 'conf');
  const control = join(tree, 'DEBIAN');
  const sums = sumsOf(tree);
  const size = sizeOf(tree);
  mkdirSync(control);
  chmodSync(control, 0o755);
  const template = readFileSync(join(SOURCE, 'control'), 'utf8');
  writeFileSync(
    join(control, 'control'),
    template.replace('@VERSION@', version).replace('@SIZE@', String(size)),
  );
  writeFileSync(join(control, 'conffiles'), conffiles.map(({ where }) => `${where}\n`).join(''));
  writeFileSync(join(control, 'md5sums'), sums);
  copyFileSync(join(SOURCE, 'triggers'), join(control, 'triggers'));
  // preinst updates unedited samples of install.sh before dpkg compares them.
  for (const { what } of conffiles) copyFileSync(what, join(control, basename(what)));
  for (const name of SCRIPTS) writeFileSync(join(control, name), joinScript(SOURCE, name));
  for (const path of pathsBelow(control)) chmodSync(path, SCRIPTS.includes(basename(path)) ? 0o755 : 0o644);
  setTimes(tree, time);
  // gzip, because the output of xz depends on the number of processors.
  runTool('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, output], {
    SOURCE_DATE_EPOCH: String(time),
  });
}

/** Debian's policy demands this file. */
function addChangelog(tree: string, version: string, time: number): void {
  const path = join(tree, 'usr/share/doc/kvmvlan/changelog');
  const [maintainer] = /(?<=^Maintainer: ).*$/m.exec(readFileSync(join(SOURCE, 'control'), 'utf8')) ?? [''];
  const date = new Date(time * 1000).toUTCString().replace('GMT', '+0000');
  const text = `kvmvlan (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`;
  writeFileSync(path, text, { mode: 0o644 });
  runTool('gzip', ['-9n', path]);
  chmodSync(`${path}.gz`, 0o644);
}

function sumsOf(tree: string): string {
  return pathsBelow(tree)
    .filter((path) => lstatSync(path).isFile() && !path.includes('/etc/libvirt/hooks/conf/'))
    .map((path) => `${createHash('md5').update(readFileSync(path)).digest('hex')}  ${relative(tree, path)}\n`)
    .sort()
    .join('');
}

/** The size in KiB, as Debian's policy counts it. */
function sizeOf(tree: string): number {
  return pathsBelow(tree)
    .map((path) => lstatSync(path))
    .map((stat) => (stat.isFile() ? Math.ceil(stat.size / 1024) : 1))
    .reduce((sum, size) => sum + size, 0);
}

export const debName = (version: string): string => `kvmvlan_${version}_all.deb`;
