import { text } from 'node:stream/consumers';
import type { Kernel } from '../kernel';
import { HOOKS } from '../hooks';
import { startKernel } from '../start_kernel';
import { ENTER, prepareSwitch } from './prepare_switch';

const KINDS = { netns: "this machine's kernel, in a network of its own", uml: 'User-Mode Linux' };
const HOUR_MS = 3_600_000;
const BASH = `${ENTER}
export PS1='kernel:\\w# '
! command -v bash >/dev/null || exec bash --norc
exec sh`;

/**
 * A shell in a kernel that has the README's example switch and the built hooks. Where standard input is no terminal,
 * its text is run as a script. Nothing on this machine changes.
 */
async function main(): Promise<void> {
  const kernel = await startKernel();
  try {
    await prepareSwitch(kernel);
    process.exitCode = process.stdin.isTTY ? await runShell(kernel) : await runScript(kernel);
  } finally {
    await kernel.stop();
  }
}

async function runScript(kernel: Kernel): Promise<number> {
  const script = `${ENTER}\n${await text(process.stdin)}`;
  const { status, stdout, stderr } = await kernel.run(script, { timeoutMs: HOUR_MS });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return status;
}

/** This terminal becomes that of a shell in the kernel. */
async function runShell(kernel: Kernel): Promise<number> {
  const { stdin, stdout } = process;
  stdout.write(`A shell in ${KINDS[kernel.kind]}. Nothing outside of it changes.

  ${HOOKS}   the built hooks, with the README's conf files in conf/
  br0, eth0    the bridge and its trunk; "outside" is the other end of the trunk
  VM1, VM2     guests that run: status files in /run/libvirt/qemu, taps veth0, veth1, veth2

Try \`kvmvlan status\`, \`vlan_filtering --all --dry-run\`, \`guest_routes --help\`, \`bridge vlan show\`. \`exit\` ends it.

`);
  const size = () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 });
  const term = process.env.TERM ?? 'linux';
  const onOutput = (shown: string) => void stdout.write(shown);
  const shell = kernel.shell({ script: BASH, term, ...size(), onOutput });
  stdin.setRawMode(true).setEncoding('utf8');
  stdin.on('data', (typed: string) => shell.type(typed));
  stdout.on('resize', () => shell.resize(size()));
  try {
    return await shell.ended;
  } finally {
    stdin.setRawMode(false).pause();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
