import { relative } from 'node:path';
import { packageFiles } from '../../build/package_files';

const INSTALLED = '/etc/libvirt/hooks';

/** A link of the package in the hooks root, by which another phase runs a script. */
export interface PhaseLink {
  /** `daemon_reload.d/bridge_init` */
  readonly link: string;
  readonly target: string;
}

/** All such links of a plugin, or of all. */
export function phaseLinks(plugin?: string): PhaseLink[] {
  return links()
    .filter(({ where }) => where.startsWith(`${INSTALLED}/`))
    .map(({ where, what }) => ({ link: relative(INSTALLED, where), target: what }))
    .filter(({ link }) => plugin === undefined || link.endsWith(`/${plugin}`));
}

/** The executables in the hooks root that the package installs as commands: `bin/kvmvlan`. */
export function commandFiles(): string[] {
  return links()
    .filter(({ where }) => where.startsWith('/usr/sbin/'))
    .map(({ what }) => relative(INSTALLED, what));
}

function links(): { where: string; what: string }[] {
  return packageFiles('deb').filter(({ kind }) => kind === 'link');
}
