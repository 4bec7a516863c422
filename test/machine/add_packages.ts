import type { Machine } from './machine';

/**
 * Installs a set of packages that the image has in /opt/sets (add_set.sh), over others that they replace. dpkg knows them
 * then, but has not run.
 */
export async function addPackages(machine: Machine, set: string): Promise<void> {
  await machine.must(
    `cd /; own=$(dpkg-query --status kvmvlan)
     xargs -d '\\n' rm -rf </opt/sets/${set}.gone
     tar -xf /opt/sets/${set}.tar
     printf '%s\\n\\n' "$own" >>/var/lib/dpkg/status
     systemctl daemon-reload`,
  );
}
