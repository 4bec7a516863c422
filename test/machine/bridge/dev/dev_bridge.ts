import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { BootedMachine } from '../../booted_machine';
import { findImage } from '../../find_image';
import { Machine } from '../../machine';
import { shareMachine } from '../../share_machine';
import { WIRES } from '../cards';
import { LAB_SOCKET } from '../lab_socket';
import { snapshotOfNetwork, type NetworkSnapshot } from '../network_snapshot';
import { nameOf, scenarios, whenConfigured, type Scenario } from '../scenarios';

const HELP = `Each line is a script that bash runs as root on the host. These are not:
  @client COMMAND   runs it outside: \`@client ssh root@192.0.2.10 kvmvlan status\`
  @changed          shows what has changed in the network since the start
  @reboot           shuts the host down and boots it
  @again            goes back to the start
`;

/** What `now` has otherwise than `then`, a line for each value. */
function differences(then: unknown, now: unknown, path: string): string[] {
  if (isDeepStrictEqual(then, now)) return [];
  const areObjects = [then, now].every(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
  if (!areObjects) return [`${path}\n- ${JSON.stringify(then)}\n+ ${JSON.stringify(now)}`];
  const [before, after] = [then, now] as Record<string, unknown>[];
  return [...new Set(Object.keys({ ...before, ...after }))].flatMap((key) =>
    differences(before?.[key], after?.[key], `${path}[${key}]`),
  );
}

async function obey(
  machine: Machine,
  line: string,
  scenario: Scenario,
  start: NetworkSnapshot,
): Promise<string> {
  const [word = '', ...others] = line.split(' ');
  switch (word) {
    case '@client':
      return obey(machine, `ip netns exec client ${others.join(' ')}`, scenario, start);
    case '@changed':
      return `${differences(start, await snapshotOfNetwork(machine), 'network').join('\n')}\n`;
    case '@reboot':
      await machine.reboot();
      return '';
    case '@again':
      await whenConfigured(machine, scenario);
      return '';
    default: {
      const { status, stdout, stderr } = await machine.run(line, { timeoutMs: 3_600_000 });
      return `${stdout}${stderr}${status === 0 ? '' : `[exit status ${status}]\n`}`;
    }
  }
}

/** A host whose network is configured as in this scenario, and a prompt; its lines come from standard input. */
async function serve(machine: Machine, scenario: Scenario): Promise<void> {
  process.stderr.write(`Configuring ${nameOf(scenario)}\n`);
  await whenConfigured(machine, scenario);
  const start = await snapshotOfNetwork(machine);
  process.stdout.write(HELP);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: `${nameOf(scenario)}# `,
  });
  lines.prompt();
  for await (const line of lines) {
    const answer = await obey(machine, line, scenario, start).catch((error: unknown) => `${String(error)}\n`);
    process.stdout.write(answer);
    lines.prompt();
  }
}

/** Until it is interrupted, the machine is there for the tests. */
async function keep(socket: string): Promise<void> {
  process.stdout
    .write(`Tests use this machine, and keep what they have prepared in it, where this variable is set:
  export ${LAB_SOCKET}=${socket}
  npx jest --selectProjects bridge -t 'systemd-networkd-dhcp confirmed'
Ctrl-C ends it.
`);
  const timer = setInterval(() => undefined, 2 ** 30);
  await once(process, 'SIGINT');
  clearInterval(timer);
}

async function main(): Promise<void> {
  const [, , name] = process.argv;
  const scenario = scenarios.find((each) => nameOf(each) === name);
  if (name !== undefined && scenario === undefined)
    throw new Error(`These hosts are known: ${scenarios.map(nameOf).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-bridge-'));
  const socket = join(folder, 'socket');
  process.stderr.write('The machine boots; this takes a minute.\n');
  const stop = shareMachine(new BootedMachine(await findImage(), folder, WIRES), socket);
  const machine = await Machine.connect(socket);
  try {
    if (scenario === undefined) {
      machine.close();
      await keep(socket);
    } else await serve(machine, scenario);
  } finally {
    machine.close();
    await stop();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
