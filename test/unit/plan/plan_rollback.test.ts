import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatPending, parsePending } from '../../../lib/apply/rollback/pending';
import { portVlans, type PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { planRollback, touchedBy, type Touched } from '../../../lib/plan/plan_rollback';
import type { Step } from '../../../lib/plan/step';
import type { BridgePort, Host } from '../../../lib/model/host/host';
import { planBridge } from '../../../lib/plan/plan_bridge';
import { bridgeChange } from './arbitraries';
import { bridgePort, hostOf } from '../model/host/host_parts';
import { KernelModel } from '../fake_host/kernel_model';

function run(kernel: KernelModel, steps: readonly Pick<Step, 'tool' | 'args'>[]): void {
  for (const { tool, args } of steps)
    if (tool === 'ip') kernel.runIp(args);
    else kernel.runBridge(args);
}

/** The steps of a change, each with the interface that it changes. */
function stepsOf(...change: Parameters<typeof planBridge>): Step[] {
  const unit = { kind: 'bridge', name: change[0].name } as const;
  return planBridge(...change)
    .flat()
    .map((command) => ({ unit, ...command }));
}

const now = (kernel: KernelModel): Host =>
  hostOf(
    kernel.bridgeNames().map((name) => kernel.bridge(name)),
    kernel.ports(),
  );

/** As it is after the file has kept it. */
const kept = (touched: Touched): Touched =>
  parsePending(formatPending({ id: '1', bootId: 'b', until: 0, root: '/r', files: [], move: null, touched }))
    .touched;

test('whatever a plan did, the rollback brings back every bridge and port, by what the file kept', () => {
  fc.assert(
    fc.property(bridgeChange, ({ bridge, ports, wish }) => {
      const kernel = new KernelModel([bridge], ports);
      const was = now(kernel);
      const steps = stepsOf(bridge, ports, wish);
      const saved = kept(touchedBy(steps, was, ['p0']));
      run(kernel, steps);
      run(kernel, planRollback(now(kernel), saved));
      assert.deepEqual(now(kernel), was);
      assert.deepEqual(planRollback(now(kernel), saved), []);
    }),
    { numRuns: 1000 },
  );
});

test('flags come back too', () => {
  const [bridge, port] = [hostWith(vlans(1), bridgePort('vnet0', vlans(1))), 'vnet0'];
  const kernel = new KernelModel([...bridge.bridges.values()], [...bridge.ports.values()]);
  const was = now(kernel);
  const step: Step = {
    unit: { kind: 'port', name: port },
    purpose: { kind: 'set-flags' },
    dev: port,
    tool: 'bridge',
    args: ['link', 'set', 'dev', port, 'isolated', 'on'],
  };
  const saved = kept(touchedBy([step], was, []));
  run(kernel, [step]);
  run(kernel, planRollback(now(kernel), saved));
  assert.deepEqual(now(kernel), was);
});

test('only what the change touched is kept, and comes back', () => {
  const was = hostWith(vlans(1), port('eth0', 1), port('veth0', 1), port('veth1', 1));
  const step: Step = {
    unit: { kind: 'port', name: 'veth0' },
    purpose: { kind: 'add-vlans' },
    dev: 'veth0',
    tool: 'bridge',
    args: ['vlan', 'add', 'dev', 'veth0', 'vid', '5'],
  };
  const touched = touchedBy([step], was, ['eth0']);
  expect([...touched.bridges.keys(), ...touched.ports.keys()]).toEqual(['veth0']);
  // Meanwhile somebody has changed all of it.
  const later = hostWith(vlans(2), port('eth0', 2), port('veth0', 2), port('veth1', 2));
  const devices = planRollback(later, touched).map(({ dev }) => dev);
  expect([...new Set(devices)]).toEqual(['veth0']);
});

test('a new default PVID moves ports that no command names: they are kept', () => {
  const was = hostWith(vlans(1), port('veth0', 1));
  const step: Step = {
    unit: { kind: 'bridge', name: 'br0' },
    purpose: { kind: 'set-bridge', settings: { defaultPvid: 9 as Vid } },
    dev: 'br0',
    tool: 'ip',
    args: ['link', 'set', 'dev', 'br0', 'type', 'bridge', 'vlan_default_pvid', '9'],
  };
  expect([...touchedBy([step], was, []).ports.keys()]).toEqual(['veth0']);
});

test('a port that came or went in between is left', () => {
  fc.assert(
    fc.property(bridgeChange, ({ bridge, ports, wish }) => {
      const kernel = new KernelModel([bridge], ports);
      const was = now(kernel);
      const touched = { bridges: was.bridges, ports: was.ports, uplinks: [] };
      run(kernel, stepsOf(bridge, ports, wish));
      const [first] = ports;
      if (first !== undefined) kernel.remove(first.name);
      kernel.join({ name: 'new', bridge: bridge.name, vlans: bridge.vlans });
      run(kernel, planRollback(now(kernel), touched));
      const after = now(kernel);
      assert.deepEqual(
        [...after.ports.keys()].sort(),
        [...ports.slice(1).map(({ name }) => name), 'new'].sort(),
      );
      for (const { name } of ports.slice(1)) assert.deepEqual(after.ports.get(name), was.ports.get(name));
    }),
    { numRuns: 300 },
  );
});

const vlans = (pvid: number, ...tagged: number[]) =>
  portVlans({ pvid: pvid as Vid, tagged: tagged as Vid[] });
const port = (name: string, ...list: Parameters<typeof vlans>): BridgePort =>
  bridgePort(name, vlans(...list));
const hostWith = (own: PortVlans, ...ports: BridgePort[]): Host =>
  hostOf([{ name: 'br0', filtering: true, protocol: '802.1Q', defaultPvid: 1 as Vid, vlans: own }], ports);
const lines = (current: Host, { bridges, ports }: Host, uplinks: string[]): string[] =>
  planRollback(current, kept({ bridges, ports, uplinks })).map(({ args }) => args.join(' '));

test('a trunk goes on carrying what guests need that have started since', () => {
  const was = hostWith(vlans(1), port('eth0', 1, 100), port('veth0', 100));
  const current = hostWith(
    vlans(999),
    // 300 and 400 came with the change, 999 is how the host is reached now.
    port('eth0', 999, 100, 300, 400),
    port('veth0', 100),
    port('vnet7', 300, 999, 500),
  );
  expect(lines(current, was, ['eth0'])).toEqual([
    'vlan add dev eth0 vid 1 untagged',
    'vlan add dev br0 vid 1 untagged self',
    'vlan add dev eth0 vid 1 pvid untagged',
    'vlan add dev br0 vid 1 pvid untagged self',
    'vlan del dev eth0 vid 400',
    'vlan del dev eth0 vid 999',
    'vlan del dev br0 vid 999 self',
  ]);
});

test("another guest's tap that has the name by now keeps what it has", () => {
  const numbered = (index: number, ...list: Parameters<typeof port>): BridgePort => ({
    ...port(...list),
    index,
  });
  const was = hostWith(vlans(1), numbered(7, 'vnet0', 100), numbered(8, 'vnet1', 100));
  const current = hostWith(vlans(1), numbered(7, 'vnet0', 300), numbered(9, 'vnet1', 300));
  const devices = lines(current, was, []).map((line) => / dev (\S+)/.exec(line)?.[1]);
  expect([...new Set(devices)]).toEqual(['vnet0']);
});

test('an uplink that was made anew meanwhile, as a bond by ifreload, is the way to the host all the same', () => {
  const was = hostWith(vlans(1), { ...port('bond0', 1), index: 5 });
  const current = hostWith(vlans(1), { ...port('bond0', 999), index: 9 });
  expect(lines(current, was, ['bond0'])).toContain('vlan add dev bond0 vid 1 pvid untagged');
  expect(lines(current, was, [])).toEqual([]);
});

test('the host itself and its uplinks come first', () => {
  const was = hostWith(vlans(1), port('a', 1), port('eth0', 1), port('z', 1));
  const current = hostWith(vlans(2), port('a', 2), port('eth0', 2), port('z', 2));
  const devices = lines(current, was, ['eth0']).map((line) => / dev (\S+)/.exec(line)?.[1]);
  const first = ['eth0', 'br0'];
  expect(devices).toEqual([...first, ...first, ...first, 'a', 'z', 'a', 'z', 'a', 'z']);
});

test('a file of another kind, or of another version', () => {
  expect(() => parsePending('{')).toThrow('was not written by this version of kvmvlan');
  expect(() => parsePending('{"format":1,"id":"1"}')).toThrow('format 1');
});
