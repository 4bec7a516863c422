import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExample, domainXml, GUESTS } from '../example_switch';
import { HOOKS } from '../hooks';
import type { Kernel } from '../kernel';
import { runGuests } from '../kvmvlan';
import { commandFiles, phaseLinks } from '../package_links';
import { repositoryRoot } from '../repository_root';
import { succeed } from '../succeed';

const COMMANDS = '/run/bin';

/** What a shell runs first: then it finds kvmvlan's commands, and is in the folder of the hooks. */
export const ENTER = `export PATH=${COMMANDS}:$PATH; cd ${HOOKS}`;

/** The README's example on a host where libvirt has started both guests, with hooks and commands as the package has them. */
export async function prepareSwitch(kernel: Kernel): Promise<void> {
  // Routes nothing: it has only comments.
  const sample = readFileSync(join(repositoryRoot(), 'conf/guest_routes.conf'), 'utf8');
  await buildExample(kernel, { guest_routes: sample });
  await runGuests(kernel);
  const links = phaseLinks().map(
    ({ link, target }) => `mkdir -p $(dirname ${HOOKS}/${link}); ln -sf ${target} ${HOOKS}/${link}`,
  );
  const commands = commandFiles().map((file) => `${HOOKS}/${file}`);
  await succeed(
    kernel,
    `find ${HOOKS} -type l -delete
     ${links.join('\n')}
     mkdir ${COMMANDS}; ln -s ${commands.join(' ')} ${COMMANDS}`,
  );
  await succeed(kernel, `cd /; ${HOOKS}/daemon - start - start </dev/null`);
  for (const guest of Object.keys(GUESTS))
    await succeed(kernel, `cd /; ${HOOKS}/qemu ${guest} start begin -`, { stdin: domainXml(guest) });
}
