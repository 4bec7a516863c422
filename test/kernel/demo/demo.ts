import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernel } from '../kernel';
import { quote } from '../quote';
import { repositoryRoot } from '../repository_root';
import { startKernel } from '../start_kernel';
import { succeed } from '../succeed';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../../readme_confs';
import { AFTER, BEFORE, domainXml, GUESTS } from './example';
import { tell } from './tell';

const HOOKS = '/run/hooks';
const KINDS = { netns: "this machine's kernel, in a network of its own", uml: 'User-Mode Linux' };

/** The switch of the example, built by the real hooks in a real kernel, without libvirt; nothing on this machine changes. */
async function main(): Promise<void> {
  const kernel = await startKernel();
  try {
    say(`In ${KINDS[kernel.kind]}:\n`);
    const right = await show(kernel);
    process.exitCode = right ? 0 : 1;
  } finally {
    await kernel.stop();
  }
}

/** Returns whether everyone heard what the conf files say, and nothing else. */
async function show(kernel: Kernel): Promise<boolean> {
  await install(kernel);
  say(`conf/bridge_init.conf:\n\n${indent(BRIDGE_INIT_CONF)}\nconf/vlan_filtering.conf:\n`);
  say(`${indent(VLAN_FILTERING_CONF)}\nA plain bridge, an uplink, and the guests' taps:\n`);
  const ports = Object.values(GUESTS).flat();
  for (const port of ports) await kernel.plug(port);
  await step(
    kernel,
    `ip link add br0 up type bridge
     ip link add outside up type veth peer name eth0
     for port in eth0 ${ports.join(' ')}; do ip link set "$port" master br0 up; done`,
  );
  const before = await tell(kernel, BEFORE, say);

  say('\nWhat libvirtd does when it starts, and then for each guest:\n');
  await step(kernel, 'hooks/daemon - start - start </dev/null');
  for (const guest of Object.keys(GUESTS))
    await step(kernel, `hooks/qemu ${guest} start begin -`, domainXml(guest));

  say('\n  $ bridge vlan show');
  say(indent(await succeed(kernel, 'bridge vlan show')));
  const after = await tell(kernel, AFTER, say);
  return before && after;
}

/** The built hooks and the two conf files, as the package puts them into /etc/libvirt/hooks. */
async function install(kernel: Kernel): Promise<void> {
  const built = join(repositoryRoot(), 'build/dist/hooks');
  if (!existsSync(built)) throw new Error('The hooks are not built: npm run build');
  await succeed(kernel, `cp -r ${quote(built)} ${HOOKS}; mkdir -p ${HOOKS}/conf; chmod -R go-w ${HOOKS}`);
  for (const [name, text] of Object.entries({
    bridge_init: BRIDGE_INIT_CONF,
    vlan_filtering: VLAN_FILTERING_CONF,
  })) {
    await succeed(kernel, `cat >${HOOKS}/conf/${name}.conf`, { stdin: text });
  }
}

async function step(kernel: Kernel, commands: string, stdin = ''): Promise<void> {
  for (const line of commands.split('\n'))
    say(`  $ ${line.trim()}${stdin === '' ? '' : '   (domain XML on stdin)'}`);
  const output = await succeed(kernel, `cd ${HOOKS}/..\n${commands}`, { stdin });
  if (output !== '') say(indent(output));
  if (!commands.includes('hooks/')) say('');
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
