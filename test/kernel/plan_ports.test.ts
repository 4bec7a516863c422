import fc from 'fast-check';
import { describePortVlans, NO_VLANS, type PortVlans, samePortVlans } from '../../lib/model/vlan/port_vlans';
import type { Vid } from '../../lib/model/vlan/vid';
import { planPorts, vlanCommandArgs, type PortChange } from '../../lib/plan/plan_ports';
import { commandsFromNothing, portChanges } from '../unit/plan/arbitraries';
import { KernelModel } from '../unit/fake_host/kernel_model';
import { describeKernel } from './describe_kernel';
import { replay, type Vlans } from './replay';
import { succeed } from './succeed';

const PORTS = ['port0', 'port1', 'port2', 'port3'];
const ONE = 1 as Vid;
const sets = fc.sample(portChanges, { seed: 20, numRuns: 400 });

/** Takes all VLANs from all ports, gives them what they have, and then runs the plan. */
function commandsFor(set: PortChange[]): string[][] {
  const clear = [...PORTS.map((dev) => ['dev', dev]), ['dev', 'br0', 'self']].map((target) => [
    'vlan',
    'del',
    'vid',
    '1-4094',
    ...target,
  ]);
  const begin = set.flatMap(({ dev, self, have }) => commandsFromNothing(dev, self, have));
  return [...clear, ...begin, ...planPorts(set).map(vlanCommandArgs)];
}

describeKernel('the plan for ports, run by the kernel', (kernel) => {
  /** For each set of changes each command and what the kernel said after it. */
  let runs: { command: string[]; now: Vlans }[][];

  beforeAll(async () => {
    for (const port of PORTS) await kernel.plug(port);
    await succeed(
      kernel,
      `ip link add br0 type bridge vlan_filtering 1
       for port in ${PORTS.join(' ')}; do ip link set "$port" master br0; done`,
    );
    const commands = sets.map(commandsFor);
    const answers = await replay(kernel, commands.flat());
    let next = 0;
    runs = commands.map((list) =>
      list.map((command) => ({ command, now: answers[next++] ?? new Map<string, PortVlans>() })),
    );
  });

  test('ends at what is wanted, from every state', () => {
    const wrong = sets.flatMap((set, index) =>
      set.flatMap(({ dev, have, want }) => {
        const now = runs[index]?.at(-1)?.now.get(dev) ?? NO_VLANS;
        const way = `${dev} from ${describePortVlans(have)} to ${describePortVlans(want)}`;
        return samePortVlans(now, want) ? [] : [`${way}: ${describePortVlans(now)}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("after every command the kernel's VLANs are those of the model that the unit tests use", () => {
    const wrong = runs.flatMap((run) => {
      const model = new KernelModel(
        [{ name: 'br0', filtering: true, protocol: '802.1Q', defaultPvid: null, vlans: NO_VLANS }],
        PORTS.map((name) => ({ name, bridge: 'br0', vlans: NO_VLANS, flags: {} })),
      );
      return run.flatMap(({ command, now }, step) => {
        model.runBridge(command);
        // Until all is cleared the kernel has what the run before left.
        const devs = step < PORTS.length ? [] : [...PORTS, 'br0'];
        return devs.flatMap((dev) => {
          const [is, said] = [now.get(dev) ?? NO_VLANS, model.vlansOf(dev)];
          if (samePortVlans(is, said)) return [];
          return [`${command.join(' ')}: ${dev} ${describePortVlans(is)}, model ${describePortVlans(said)}`];
        });
      });
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  const untagged = ({ vlans }: PortVlans) => [...vlans.values()].filter((way) => way === 'untagged').length;
  const isTagged = ({ vlans }: PortVlans, vid: Vid | null) => vid !== null && vlans.get(vid) === 'tagged';
  test.each<[string, (change: PortChange) => boolean]>([
    ['a PVID that leaves tagged', ({ have }) => isTagged(have, have.pvid)],
    ['a PVID wanted that leaves tagged', ({ want }) => isTagged(want, want.pvid)],
    [
      'a PVID wanted on a VID that is tagged',
      ({ have, want }) => have.pvid !== want.pvid && isTagged(have, want.pvid),
    ],
    ['untagged without a PVID', ({ have }) => have.pvid === null && untagged(have) > 0],
    ['several untagged', ({ have }) => untagged(have) > 1],
    ['a long range', ({ have }) => have.vlans.size > 50],
    ['a long range wanted', ({ want }) => want.vlans.size > 50],
    ['VLAN 1 to be kept', ({ have, want }) => have.vlans.has(ONE) && want.vlans.has(ONE)],
    ['VLAN 1 to be taken away', ({ have, want }) => have.vlans.has(ONE) && !want.vlans.has(ONE)],
    ['no VLAN wanted', ({ have, want }) => have.vlans.size > 0 && want.vlans.size === 0],
    ['the bridge itself', ({ self, have, want }) => self && !samePortVlans(have, want)],
    ['right already', ({ have, want }) => have.vlans.size > 0 && samePortVlans(have, want)],
  ])('was tried for: %s', (_, isOfKind) => {
    expect(sets.flat().filter(isOfKind).length).toBeGreaterThan(10);
  });
});
