import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { AgentLink, Question } from './agent_link';

/**
 * Lets other processes (Jest's workers) ask this agent, over a unix socket. What a connection opened is closed with
 * it, however it ends. Returns how to stop.
 */
export async function shareAgent(agent: AgentLink, path: string): Promise<() => Promise<void>> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    serveConnection(agent, socket);
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return async () => {
    for (const socket of connections) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
}

function serveConnection(agent: AgentLink, socket: Socket): void {
  const opened = new Set<string>();
  const say = (message: object) => socket.writable && socket.write(`${JSON.stringify(message)}\n`);
  say({ call: 0, kind: agent.kind, shared: agent.shared });
  createInterface(socket).on('line', (line) => {
    const { call, ...question } = JSON.parse(line) as Question & { call: number };
    if (question.verb === 'open') opened.add(question.sandbox);
    if (question.verb === 'close') opened.delete(question.sandbox);
    agent
      .ask(question, (output) => say({ output, call }))
      .then(
        (answer) => say({ ...answer, call }),
        (error: Error) => say({ call, error: error.message }),
      );
  });
  socket.on('error', () => undefined); // 'close' follows
  socket.on('close', () => {
    // Nobody is left to be told of an error; a dead agent has no sandboxes either.
    for (const sandbox of opened) agent.ask({ verb: 'close', sandbox }).catch(() => undefined);
  });
}
