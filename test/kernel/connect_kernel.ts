import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { AgentLink, Answer } from './agent_link';
import { Calls } from './calls';
import type { Kernel } from './kernel';
import { openKernel } from './open_kernel';

/** A sandbox of one's own in the kernel that global_setup.ts started. */
export async function connectKernel(path = process.env.KVMVLAN_KERNEL_SOCKET): Promise<Kernel> {
  if (path === undefined) throw new Error('No kernel was started: see global_setup.ts');
  return openKernel(await connectAgent(path));
}

async function connectAgent(path: string): Promise<AgentLink> {
  const socket = connect(path);
  const calls = new Calls((line) => socket.write(line));
  createInterface(socket).on('line', (line) => calls.settle(line));
  socket.on('error', ({ message }) => {
    calls.end(new Error(`The kernel cannot be reached, an earlier test may have crashed it: ${message}`));
  });
  socket.on('close', () => calls.end(new Error('The process that owns the kernel has gone')));
  const { kind, shared } = (await calls.hello(10_000)) as Answer & Pick<AgentLink, 'kind' | 'shared'>;
  return {
    kind,
    shared,
    ask: (question, onOutput) => calls.ask(question, onOutput),
    async close() {
      await new Promise<void>((resolve) => socket.once('close', () => resolve()).end());
    },
  };
}
