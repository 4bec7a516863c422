import { createServer, type Socket } from 'node:net';
import type { BootedMachine } from './booted_machine';
import { eachLine } from './lines';
import { yoursNow, type Reply, type Request } from './messages';

const fresh = 'fresh';

async function obey(machine: BootedMachine, request: Request): Promise<Partial<Reply>> {
  switch (request.do) {
    case 'run': {
      const { script, stdin, timeoutMs } = request;
      return { result: await machine.run(script, Buffer.from(stdin, 'base64'), timeoutMs) };
    }
    case 'snapshot':
      await machine.snapshot(request.name);
      return {};
    case 'restore':
      await machine.restore(request.name);
      return {};
    case 'snapshots':
      return { known: [...machine.snapshots] };
    case 'reboot':
      await machine.reboot();
      return {};
  }
}

function attend(machine: BootedMachine, client: Socket): void {
  const answer = (reply: Reply) => client.write(`${JSON.stringify(reply)}\n`);
  eachLine(client, (line) => {
    const request = JSON.parse(line) as Request;
    obey(machine, request).then(
      (reply) => answer({ ...reply, id: request.id }),
      (error: unknown) => answer({ id: request.id, error: String(error) }),
    );
  });
  answer({ id: yoursNow });
}

/**
 * Serves the machine on a unix socket: to one client at a time, the others wait for their turn, and each finds it as
 * it was when freshly booted. Test files run side by side in processes of their own.
 */
export function shareMachine(machine: BootedMachine, socketPath: string): () => Promise<void> {
  const booted = machine
    .booted()
    .then(() => machine.warm())
    .then(() => machine.snapshot(fresh));
  booted.catch(() => undefined); // Each client is told.
  let turn: Promise<unknown> = booted;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.unref();
    const left = new Promise<void>((resolve) => client.on('close', resolve));
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    const serve = async () => {
      if (client.destroyed) return;
      await booted;
      await machine.restore(fresh);
      attend(machine, client);
      await left;
    };
    turn = turn.then(serve, serve).catch((error: unknown) => {
      client.end(`${JSON.stringify({ id: yoursNow, error: String(error) })}\n`);
    });
  });
  server.listen(socketPath).unref();
  return async () => {
    for (const client of clients) client.destroy();
    server.close();
    await machine.stop();
  };
}
