import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { joinScript } from './join_script';
import { packageFiles, type PackageFile } from './package_files';
import type { PackageVersion } from './package_version';
import { runTool } from './run_tool';
import { modeOf, setTimes, stage } from './stage';

const SOURCE = 'build/packages';
const PACKAGER = 'The kvmvlan authors <kvmvlan@localhost>';

/**
 * Builds the rpm. It is the same on all hosts with the same version of rpmbuild.
 *
 * @param work an empty folder for temporary files
 */
export function buildRpm({ version, time }: PackageVersion, work: string, output: string): void {
  const [tree, source, top] = [join(work, 'tree'), join(work, 'source'), join(work, 'top')];
  for (const folder of [source, join(top, 'BUILD'), join(top, 'RPMS')])
    mkdirSync(folder, { recursive: true });
  const files = packageFiles('rpm');
  stage(files, tree);
  setTimes(tree, time);
  writeFileSync(join(source, 'rpm-files'), files.map(lineOf).join(''));
  for (const name of ['pre', 'post', 'preun', 'posttrans.lua', 'postun.lua']) {
    const text = joinScript(SOURCE, name);
    // rpmbuild expands its macros in scripts too.
    if (/%[%{(]/.test(text)) throw new Error(`${SOURCE}/${name}: rpmbuild would change the text after %`);
    writeFileSync(join(source, name), text);
  }
  copyFileSync(join(SOURCE, 'kvmvlan.spec'), join(source, 'kvmvlan.spec'));
  const definitions = {
    _topdir: top,
    version,
    staging: tree,
    source,
    // Fedora's guidelines keep it out of the spec.
    packager: PACKAGER,
    // `Wed Nov 25 2026`, in UTC.
    changelog_date: new Date(time * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*/, '$1 $3 $2 $4'),
    _buildhost: 'reproducible',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    source_date_epoch_from_changelog: '0',
    _binary_payload: 'w9.gzdio',
    // Nothing may be changed after staging.
    __os_install_post: '%{nil}',
  };
  const defines = Object.entries(definitions).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  runTool('rpmbuild', ['-bb', '--quiet', '--target', 'noarch', ...defines, join(source, 'kvmvlan.spec')], {
    SOURCE_DATE_EPOCH: String(time),
  });
  const folder = join(top, 'RPMS/noarch');
  const [built = ''] = readdirSync(folder);
  copyFileSync(join(folder, built), `${output}.new`);
  renameSync(`${output}.new`, resolve(output));
}

/** A line of the list of files, in the syntax of %files. */
function lineOf(file: PackageFile): string {
  const mode = file.kind === 'link' ? '-' : modeOf(file).toString(8).padStart(4, '0');
  return `%attr(${mode}, root, root) ${directive(file)}${file.where}\n`;
}

/**
 * rpm keeps the file of another program in the place of a %config file as <name>.rpmorig. Only dispatchers can be in
 * the place of another program's hook.
 */
function directive({ kind, where }: PackageFile): string {
  if (kind === 'dir') return '%dir ';
  if (kind === 'conf') return '%config(noreplace) ';
  return kind === 'hook' && /^\/etc\/libvirt\/hooks\/[^/]+$/.test(where) ? '%config ' : '';
}

export const rpmName = (version: string): string => `kvmvlan-${version}.noarch.rpm`;
