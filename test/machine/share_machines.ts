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
 * Serves machines on a unix socket, each to one client at a time, who finds it as it was when freshly booted. Test files
 * run side by side in processes of their own. The first machine is started at once, others (`start`, up to `most` in
 * all) when a client would have to wait.
 */
export function shareMachines(
  start: (number: number) => BootedMachine,
  most: number,
  socketPath: string,
): () => Promise<void> {
  const machines: BootedMachine[] = [];
  const idle: BootedMachine[] = [];
  const clients = new Set<Socket>();
  const waiting: Socket[] = [];
  let booting = 0;
  const startOne = async (): Promise<void> => {
    const machine = start(machines.length);
    machines.push(machine);
    booting++;
    try {
      await machine.booted();
      await machine.warm();
      await machine.snapshot(fresh);
      idle.push(machine);
    } catch (error) {
      for (const client of waiting.splice(0)) refuse(client, error);
    }
    booting--;
    assign();
  };
  const refuse = (client: Socket, error: unknown) =>
    client.end(`${JSON.stringify({ id: yoursNow, error: String(error) })}\n`);
  const serve = async (machine: BootedMachine, client: Socket): Promise<void> => {
    const left = new Promise<void>((resolve) => client.on('close', resolve));
    try {
      await machine.restore(fresh);
      attend(machine, client);
    } catch (error) {
      refuse(client, error);
    }
    await left;
    idle.push(machine);
    assign();
  };
  const assign = (): void => {
    for (;;) {
      while (waiting[0]?.destroyed === true) waiting.shift();
      if (waiting.length === 0) return;
      const machine = idle.shift();
      if (machine === undefined) {
        // Those that boot already will each have one.
        if (waiting.length > booting && machines.length < most) void startOne();
        return;
      }
      void serve(machine, waiting.shift() as Socket);
    }
  };
  const server = createServer((client) => {
    clients.add(client);
    client.unref();
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    waiting.push(client);
    assign();
  });
  void startOne();
  server.listen(socketPath).unref();
  return async () => {
    for (const client of clients) client.destroy();
    server.close();
    await Promise.all(machines.map((machine) => machine.stop()));
  };
}
