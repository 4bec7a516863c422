import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planUndo } from '../../../lib/switch/plan_undo';
import { formatSavedHost, parseSavedHost } from '../../../lib/switch/saved_host';
import type { PortVlans, Vid } from '../../../lib/types';
import type { BridgePort, Host } from '../../../lib/vlan/host';
import { planBridge, type Step } from '../../../lib/vlan/plan_bridge';
import { portVlans } from '../../../lib/vlan/port_vlans';
import { bridgeChange } from '../vlan/arbitraries';
import { bridgePort } from '../vlan/bridge_port';
import { KernelModel } from '../vlan/kernel_model';

function run(kernel: KernelModel, steps: readonly Step[]): void {
  for (const { tool, commands } of steps) {
    for (const words of commands) {
      if (tool === 'ip') kernel.runIp(words);
      else kernel.runBridge(words);
    }
  }
}

function hostOf(kernel: KernelModel): Host {
  return {
    bridges: new Map(kernel.bridgeNames().map((name) => [name, kernel.bridge(name)])),
    ports: new Map(kernel.ports().map((port) => [port.name, port])),
  };
}

test('whatever a plan did, the undo brings back every bridge and port, by what the file kept', () => {
  fc.assert(
    fc.property(bridgeChange, fc.boolean(), ({ bridge, ports, wish }, isolated) => {
      const kernel = new KernelModel([bridge], ports);
      const was = hostOf(kernel);
      const text = formatSavedHost({ id: '1', until: 0, uplinks: ['p0'], host: was });
      run(kernel, planBridge(bridge, ports, wish));
      const [first] = ports;
      if (isolated && first !== undefined)
        kernel.runBridge(['link', 'set', 'dev', first.name, 'isolated', 'on']);
      const saved = parseSavedHost(text, 'file');
      for (const { steps } of planUndo(hostOf(kernel), saved)) run(kernel, steps);
      assert.deepEqual(hostOf(kernel), was);
      assert.deepEqual(planUndo(hostOf(kernel), saved), []);
    }),
    { numRuns: 1000 },
  );
});

test('a port that came or went in between is left', () => {
  fc.assert(
    fc.property(bridgeChange, ({ bridge, ports, wish }) => {
      const kernel = new KernelModel([bridge], ports);
      const was = hostOf(kernel);
      run(kernel, planBridge(bridge, ports, wish));
      const [first] = ports;
      if (first !== undefined) kernel.remove(first.name);
      kernel.join({ name: 'new', bridge: bridge.name, vlans: bridge.vlans });
      for (const { steps } of planUndo(hostOf(kernel), { host: was, uplinks: [] })) run(kernel, steps);
      const now = hostOf(kernel);
      assert.deepEqual(
        [...now.ports.keys()].sort(),
        [...ports.slice(1).map(({ name }) => name), 'new'].sort(),
      );
      for (const { name } of ports.slice(1)) assert.deepEqual(now.ports.get(name), was.ports.get(name));
    }),
    { numRuns: 300 },
  );
});

const vlans = (pvid: number, ...tagged: number[]) =>
  portVlans({ pvid: pvid as Vid, tagged: tagged as Vid[] });
const port = (name: string, ...list: Parameters<typeof vlans>): BridgePort =>
  bridgePort(name, vlans(...list));
const hostWith = (own: PortVlans, ...ports: BridgePort[]): Host => {
  const bridge = {
    name: 'br0',
    filtering: true,
    protocol: '802.1Q' as const,
    defaultPvid: 1 as Vid,
    vlans: own,
  };
  return { bridges: new Map([['br0', bridge]]), ports: new Map(ports.map((one) => [one.name, one])) };
};
const lines = (now: Host, was: Host, uplinks: string[]): string[] =>
  planUndo(now, { host: was, uplinks }).flatMap(({ steps }) =>
    steps.flatMap(({ commands }) => commands.map((words) => words.join(' '))),
  );

test('a trunk goes on carrying what guests need that have started since', () => {
  const was = hostWith(vlans(1), port('eth0', 1, 100), port('veth0', 100));
  const now = hostWith(
    vlans(999),
    // 300 and 400 came with the change, 999 is how the host is reached now.
    port('eth0', 999, 100, 300, 400),
    port('veth0', 100),
    port('vnet7', 300, 999, 500),
  );
  expect(lines(now, was, ['eth0'])).toEqual([
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
  const now = hostWith(vlans(1), numbered(7, 'vnet0', 300), numbered(9, 'vnet1', 300));
  const saved = parseSavedHost(formatSavedHost({ id: '1', until: 0, uplinks: [], host: was }), 'file');
  const devices = lines(now, saved.host, []).map((line) => / dev (\S+)/.exec(line)?.[1]);
  expect([...new Set(devices)]).toEqual(['vnet0']);
});

test('an uplink that was made anew meanwhile, as a bond by ifreload, is the way to the host all the same', () => {
  const was = hostWith(vlans(1), { ...port('bond0', 1), index: 5 });
  const now = hostWith(vlans(1), { ...port('bond0', 999), index: 9 });
  expect(lines(now, was, ['bond0'])).toContain('vlan add dev bond0 vid 1 pvid untagged');
  expect(lines(now, was, [])).toEqual([]);
});

test('the host itself and its uplinks come first', () => {
  const was = hostWith(vlans(1), port('a', 1), port('eth0', 1), port('z', 1));
  const now = hostWith(vlans(2), port('a', 2), port('eth0', 2), port('z', 2));
  const devices = lines(now, was, ['eth0']).map((line) => / dev (\S+)/.exec(line)?.[1]);
  const first = ['eth0', 'br0'];
  expect(devices).toEqual([...first, ...first, ...first, 'a', 'z', 'a', 'z', 'a', 'z']);
});

test('a file that is none of ours', () => {
  expect(() => parseSavedHost('{', '/run/kvmvlan/undo.json')).toThrow('/run/kvmvlan/undo.json is not what');
});
