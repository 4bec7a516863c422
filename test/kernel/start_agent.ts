import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AgentLink } from './agent_link';
import { Calls } from './calls';
import type { KernelKind } from './kernel';
import { launchCommand } from './launch_command';
import { repositoryRoot } from './repository_root';

const READY_MS = 120_000;
const STOP_MS = 10_000;
const LAST_LINES = 40;

/** Starts a kernel of this kind with the agent in it. Rejects with the console's last lines when that fails. */
export async function startAgent(kind: KernelKind): Promise<AgentLink> {
  const shared = mkdtempSync(join(tmpdir(), 'kvmvlan-kernel-'));
  mkdirSync(join(shared, 'mnt'));
  const { command, env } = launchCommand(kind, shared);
  const owner = join(repositoryRoot(), 'test/kernel/owner.sh');
  const child = spawn('/bin/sh', [owner, shared, ...command], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true, // a group of its own: what Ctrl-C ends is the owner, and that ends the kernel
    env,
  });
  const calls = new Calls((line) => child.stdin.write(line));
  child.stdin.on('error', () => undefined); // the kernel's end says more

  const screen: string[] = [];
  const show = (line: string) => {
    screen.push(line.trimEnd());
    screen.splice(0, screen.length - LAST_LINES);
  };
  createInterface(child.stdout).on('line', (line) => {
    const start = line.indexOf('\x1e');
    if (start < 0) show(line);
    else calls.settle(line.slice(start + 1));
  });
  createInterface(child.stderr).on('line', show);

  const ended = new Promise<void>((resolve) => {
    child.on('close', (status, signal) => {
      const how = `The kernel (${kind}) has ended (${signal ?? `status ${status}`})`;
      calls.end(new Error([how, ...screen].join('\n  ')));
      resolve();
    });
  });
  const kill = () => {
    child.kill('SIGTERM'); // owner.sh knows what belongs to the kernel
  };
  process.once('exit', kill);

  async function close(): Promise<void> {
    child.stdin.end();
    const timer = setTimeout(kill, STOP_MS);
    await ended;
    clearTimeout(timer);
    process.off('exit', kill);
    rmSync(shared, { recursive: true, force: true });
  }

  try {
    await calls.hello(READY_MS);
  } catch (error) {
    kill();
    await close();
    throw error;
  }
  return { kind, shared, ask: (question, onOutput) => calls.ask(question, onOutput), close };
}
