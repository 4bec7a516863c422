import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildExample } from '../example_switch';
import { whoHears } from '../frames';
import { HOOKS } from '../hooks';
import type { Kernel, RunResult } from '../kernel';
import { KVMVLAN, runGuests } from '../kvmvlan';
import { quote } from '../quote';
import { repositoryRoot } from '../repository_root';
import { succeed } from '../succeed';

/** Where the kernel sees the folder: kvmvlan, as root, reads no conf file below /tmp. */
const INSIDE = '/run/fleet';

export type ConfName = 'bridge_init' | 'vlan_filtering';

/**
 * A host for a fleet tool. The tool runs on this machine, because it would be slow in User-Mode Linux. Its conf folder
 * is that of the hooks in the kernel, and its command `kvmvlan` runs there, on a real bridge.
 */
export interface FleetHost {
  readonly folder: string;
  readonly conf: string;
  /** A command that runs kvmvlan in the kernel. */
  readonly command: string;
  /** Since the last forget(): each `kvmvlan …`, `reach` (does a frame from outside reach the host?) and `reset`. */
  readonly events: readonly string[];
  forget(): void;
  readConf(name: ConfName): string;
  /** Runs a program on this machine. Never rejects because of its status. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<RunResult>;
  stop(): Promise<void>;
}

/** The README's example with running guests; in its conf folder are the installed samples. */
export async function openFleetHost(kernel: Kernel): Promise<FleetHost> {
  await buildExample(kernel);
  await runGuests(kernel);
  const folder = mkdtempSync(join(dirname(process.env.KVMVLAN_KERNEL_SOCKET ?? ''), 'fleet-'));
  const conf = join(folder, 'conf');
  mkdirSync(conf);
  for (const name of ['bridge_init.conf', 'vlan_filtering.conf'])
    copyFileSync(join(repositoryRoot(), 'conf', name), join(conf, name));
  await succeed(
    kernel,
    `ip addr add 192.0.2.1/24 dev br0
     mkdir ${INSIDE}; mount --bind ${quote(folder)} ${INSIDE}; mount --bind ${INSIDE}/conf ${HOOKS}/conf`,
  );
  const events: string[] = [];
  const socket = join(folder, 'socket');
  const server = createServer((connection) => {
    connection.on('error', () => undefined);
    createInterface(connection).on('line', (line) => {
      const words = JSON.parse(line) as string[];
      events.push(words.join(' ').replaceAll(folder, ''));
      void answer(kernel, words, folder).then((result) => connection.end(JSON.stringify(result)));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const ask = join(repositoryRoot(), 'test/kernel/fleet/ask.py');
  const command = join(folder, 'kvmvlan');
  writeFileSync(
    command,
    `#!/bin/sh\nexec /usr/bin/python3 -B ${quote(ask)} ${quote(socket)} kvmvlan "$@"\n`,
    { mode: 0o755 },
  );
  return {
    folder,
    conf,
    command,
    events,
    forget: () => void events.splice(0),
    readConf: (name) => readFileSync(join(conf, `${name}.conf`), 'utf8'),
    run: (program, args, env = {}) =>
      runHere(program, args, { HOME: folder, KVMVLAN_FLEET_SOCKET: socket, ...env }),
    stop: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answer(kernel: Kernel, words: readonly string[], folder: string): Promise<RunResult> {
  const [what, ...args] = words;
  const nothing = { status: 0, stdout: '', stderr: '' };
  try {
    if (what === 'kvmvlan') {
      const inside = args.map((arg) => quote(arg.replaceAll(folder, INSIDE)));
      const { status, stdout, stderr } = await kernel.run(`${KVMVLAN} ${inside.join(' ')} </dev/null`);
      return { status, stdout: stdout.replaceAll(INSIDE, folder), stderr };
    }
    if (what !== 'reach') return nothing;
    const heard = await whoHears(kernel, { from: 'outside', listen: ['br0'] });
    return { ...nothing, status: heard.br0 === 'untagged' ? 0 : 1 };
  } catch (error) {
    return { ...nothing, status: 99, stderr: String(error) };
  }
}

function runHere(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 2 ** 24 } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number') resolve({ status, stdout, stderr });
      else reject(error ?? new Error(`${program} has no status`));
    });
  });
}
