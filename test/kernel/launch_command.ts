import { existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findUml } from './find_uml';
import type { KernelKind } from './kernel';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';

/** As much as UML may come to use; only what it touches is taken. */
const UML_MEMORY = { option: 'mem=1G', bytes: 2 ** 30 };

export interface Launch {
  command: string[];
  env: NodeJS.ProcessEnv;
}

/** What starts the agent in a kernel of this kind, with `shared` as the folder both sides see. Writes its config there. */
export function launchCommand(kind: KernelKind, shared: string): Launch {
  const inside = join(repositoryRoot(), 'test/kernel/inside');
  const agent = join(inside, 'agent.py');
  writeFileSync(join(shared, 'config.json'), JSON.stringify(agentConfig(shared)));
  if (kind === 'netns') {
    // Without root a user namespace makes one.
    const asRoot = process.getuid?.() === 0 ? [] : ['unshare', '--user', '--map-root-user'];
    return { command: [...asRoot, python(), '-SEB', agent, shared], env: process.env };
  }
  const uml = findUml();
  if (!uml) throw new Error('User-Mode Linux is not installed');
  // The kernel's command line is no place for paths with spaces: a file holds them.
  const words = [join(inside, 'init.sh'), shared, agent, python(), uml.modules].map(quote).join(' ');
  writeFileSync(join(shared, 'init'), `#!/bin/sh\nexec /bin/sh ${words}\n`, { mode: 0o755 });
  const command = [
    uml.kernel,
    'quiet',
    'seccomp=auto',
    UML_MEMORY.option,
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
  ];
  command.push('ro', `init=${shared}/init`, `uml_dir=${shared}`, 'con=null', 'con0=fd:0,fd:1');
  return { command, env: { ...process.env, TMPDIR: memoryFolder(shared) } };
}

function agentConfig(shared: string) {
  const node = dirname(process.execPath);
  const system = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { shared, path: `${node}:${system}`, keep: [repositoryRoot(), dirname(node)] };
}

/** The system's own first: a version manager's shim needs its environment. */
function python(): string {
  return existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
}

/** UML runs its memory from a file: fastest in /dev/shm, which in containers is often too small or not executable. */
function memoryFolder(fallback: string): string {
  const mount = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, folder]) => folder === '/dev/shm');
  if (!mount || mount[3]?.split(',').some((option) => option === 'noexec' || option === 'ro'))
    return fallback;
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize > UML_MEMORY.bytes ? '/dev/shm' : fallback;
}
