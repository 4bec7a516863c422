import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryRoot } from '../kernel/repository_root';
import type { Machine } from './machine';

const checkout = repositoryRoot();

export const hooks = '/etc/libvirt/hooks';

/** Brings the checkout into the machine, as it is now and with what `npm run build` made of it. */
export async function bringCheckout(machine: Machine, guestPath = '/root/kvmvlan'): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ':!test'];
  const { stdout } = await promisify(execFile)('git', list, { cwd: checkout });
  const files = stdout.split('\0').filter((name) => name !== '');
  await machine.copyIn(checkout, guestPath, [...files, 'build/dist']);
  // What is tested is what was built: a file saved since then must not make install.sh want npm, which is not in here.
  await machine.must(`find ${guestPath}/build/dist -type f -exec touch {} +`);
}

/** Installs kvmvlan as its users do, and then puts these conf files there. Gives what install.sh said. */
export async function install(machine: Machine, confs: Record<string, string>): Promise<string> {
  await bringCheckout(machine);
  const said = await machine.must('cd /root/kvmvlan; ./install.sh 2>&1');
  await writeConfs(machine, confs);
  return said;
}

export async function writeConfs(machine: Machine, confs: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(confs)) await machine.write(`${hooks}/conf/${name}.conf`, text);
}

/** What a log holds; nothing where it was not written yet. */
export async function readLog(machine: Machine, name: string): Promise<string> {
  return (await machine.run(`cat '${hooks}/logs/${name}.log'`)).stdout;
}
