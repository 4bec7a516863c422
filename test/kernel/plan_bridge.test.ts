import fc from 'fast-check';
import { parseHost } from '../../lib/model/host/parse_host';
import type { Bridge, BridgePort, Host } from '../../lib/model/host/host';
import { planBridge, type BridgeWish } from '../../lib/plan/plan_bridge';
import type { Command } from '../../lib/plan/step';
import { bridgeChange, commandsFromNothing } from '../unit/plan/arbitraries';
import { KernelModel } from '../unit/fake_host/kernel_model';
import { plain } from '../unit/model/vlan/plain';
import { describeKernel } from './describe_kernel';
import type { Kernel } from './kernel';
import { succeed } from './succeed';

interface Change {
  bridge: Bridge;
  ports: BridgePort[];
  wish: BridgeWish;
}

/** Each set of changes on a bridge of its own, so that one process does a step for all of them. */
const changes = fc.sample(bridgeChange, { seed: 20, numRuns: 100 }).map(named);

function named({ bridge, ports, wish }: Change, index: number): Change {
  const name = `br${index}`;
  const own = (port: string) => `${name}${port}`;
  return {
    bridge: { ...bridge, name },
    ports: ports.map((port) => ({ ...port, name: own(port.name), bridge: name })),
    wish: { ...wish, ports: new Map([...wish.ports].map(([port, vlans]) => [own(port), vlans])) },
  };
}

async function build(kernel: Kernel): Promise<void> {
  const links = changes.flatMap(({ bridge: { name, filtering, protocol, defaultPvid }, ports }) => [
    `link add ${name} type bridge vlan_default_pvid 0`,
    ...ports.map((port) => `link add ${port.name} master ${name} type dummy`),
    `link set ${name} type bridge vlan_default_pvid ${defaultPvid ?? 0}`,
    `link set ${name} type bridge vlan_filtering ${filtering ? 1 : 0} vlan_protocol ${protocol}`,
  ]);
  const vlans = changes.flatMap(({ bridge, ports }) => [
    ...[bridge, ...ports].flatMap(({ name }) => [
      `vlan del dev ${name} vid 1-4094${name === bridge.name ? ' self' : ''}`,
    ]),
    ...commandsFromNothing(bridge.name, true, bridge.vlans).map((words) => words.join(' ')),
    ...ports.flatMap((port) =>
      commandsFromNothing(port.name, false, port.vlans).map((words) => words.join(' ')),
    ),
  ]);
  await succeed(kernel, 'ip -batch -', { stdin: links.join('\n') });
  await succeed(kernel, 'bridge -batch -', { stdin: vlans.join('\n') });
}

async function look(kernel: Kernel): Promise<Host> {
  const vlans = await succeed(kernel, 'bridge -j vlan show');
  return parseHost(vlans, await succeed(kernel, 'ip -j -d addr show'));
}

/** Runs commands of one stage of each bridge: all of one tool in one process. */
async function runAll(kernel: Kernel, commands: readonly Command[]): Promise<void> {
  for (const tool of ['ip', 'bridge'] as const) {
    const lines = commands.filter((command) => command.tool === tool);
    const stdin = lines.map(({ args }) => args.join(' ')).join('\n');
    if (stdin !== '') await succeed(kernel, `${tool} -batch -`, { stdin });
  }
}

/** In words that can be compared; whether it is up is no matter of a plan. */
function inWords({ isUp: _isUp, ...bridge }: Bridge, ports: readonly BridgePort[]) {
  const sorted = [...ports].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...bridge,
    vlans: plain(bridge.vlans),
    ports: sorted.map((port) => [port.name, plain(port.vlans)]),
  };
}

function ofKernel({ bridges, ports }: Host, name: string) {
  const bridge = bridges.get(name);
  if (bridge === undefined) throw new Error(`no bridge ${name}`);
  return inWords(
    bridge,
    [...ports.values()].filter((port) => port.bridge === name),
  );
}

describeKernel('the plan for a bridge, run by the kernel', (kernel) => {
  test('after each step bridge and ports are as the model says, at the end as wanted', async () => {
    await build(kernel);
    const begin = await look(kernel);
    for (const { bridge, ports } of changes)
      expect(ofKernel(begin, bridge.name)).toEqual(inWords(bridge, ports));

    const plans = changes.map(({ bridge, ports, wish }) => planBridge(bridge, ports, wish));
    const models = changes.map(({ bridge, ports }) => new KernelModel([bridge], ports));
    const longest = Math.max(...plans.map((stages) => stages.length));
    expect(longest).toBe(4);
    for (let round = 0; round < longest; round++) {
      await runAll(
        kernel,
        plans.flatMap((stages) => stages[round] ?? []),
      );
      const now = await look(kernel);
      for (const [index, { bridge }] of changes.entries()) {
        const model = models[index] as KernelModel;
        for (const { tool, args } of plans[index]?.[round] ?? [])
          model[tool === 'ip' ? 'runIp' : 'runBridge'](args);
        expect(ofKernel(now, bridge.name)).toEqual(inWords(model.bridge(bridge.name), model.ports()));
      }
    }

    const end = await look(kernel);
    for (const { bridge, ports, wish } of changes) {
      const { own, ports: wanted, ...settings } = wish;
      const port = (old: BridgePort): BridgePort => ({ ...old, vlans: wanted.get(old.name) ?? old.vlans });
      const goal = { ...bridge, ...settings, vlans: own ?? bridge.vlans };
      expect(ofKernel(end, bridge.name)).toEqual(inWords(goal, ports.map(port)));
    }
  });
});
