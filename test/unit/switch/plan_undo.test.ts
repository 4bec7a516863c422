import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planUndo } from '../../../lib/switch/plan_undo';
import { formatSavedHost, parseSavedHost } from '../../../lib/switch/saved_host';
import type { Host } from '../../../lib/vlan/host';
import { planBridge, type Step } from '../../../lib/vlan/plan_bridge';
import { bridgeChange } from '../vlan/arbitraries';
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
      const text = formatSavedHost({ id: '1', until: 0, host: was });
      run(kernel, planBridge(bridge, ports, wish));
      const [first] = ports;
      if (isolated && first !== undefined)
        kernel.runBridge(['link', 'set', 'dev', first.name, 'isolated', 'on']);
      const saved = parseSavedHost(text, 'file').host;
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
      for (const { steps } of planUndo(hostOf(kernel), was)) run(kernel, steps);
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

test('a file that is none of ours', () => {
  expect(() => parseSavedHost('{', '/run/kvmvlan/undo.json')).toThrow('/run/kvmvlan/undo.json is not what');
});
