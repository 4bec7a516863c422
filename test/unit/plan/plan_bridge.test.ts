import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bridge, BridgePort } from '../../../lib/model/host/host';
import type { PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { afterDefaultPvid, planBridge, type BridgeWish, type Stage } from '../../../lib/plan/plan_bridge';
import { bridgeChange, portVlansState, vid } from './arbitraries';
import { bridgePort } from '../model/host/host_parts';
import { KernelModel } from '../fake_host/kernel_model';

const RUNS = { numRuns: 2000 };

interface Change {
  readonly bridge: Bridge;
  readonly ports: readonly BridgePort[];
  readonly wish: BridgeWish;
}

function run({ bridge, ports, wish }: Change, look: (kernel: KernelModel) => void = () => undefined) {
  const kernel = new KernelModel([bridge], ports);
  for (const { tool, args } of planBridge(bridge, ports, wish).flat()) {
    if (tool === 'ip') kernel.runIp(args, () => look(kernel));
    else kernel.runBridge(args, () => look(kernel));
  }
  return kernel;
}

/** What each interface had and should have in the end; what nobody wished for stays. */
function haveAndWant({ bridge, ports, wish }: Change): { dev: string; have: PortVlans; want: PortVlans }[] {
  return [
    { dev: bridge.name, have: bridge.vlans, want: wish.own ?? bridge.vlans },
    ...ports.map(({ name, vlans }) => ({ dev: name, have: vlans, want: wish.ports.get(name) ?? vlans })),
  ];
}

function asWished(bridge: Bridge, wish: BridgeWish): Bridge {
  return {
    ...bridge,
    filtering: wish.filtering ?? bridge.filtering,
    protocol: wish.protocol ?? bridge.protocol,
    defaultPvid: wish.defaultPvid === undefined ? bridge.defaultPvid : wish.defaultPvid,
    vlans: wish.own ?? bridge.vlans,
  };
}

function everyBridge(check: (change: Change) => void): void {
  fc.assert(fc.property(bridgeChange, check), RUNS);
}

function lines(stages: readonly Stage[]): string[] {
  return stages.flat().map(({ tool, args }) => [tool, ...args].join(' '));
}

describe('the plan for a bridge, for every state that the kernel can hold', () => {
  test('ends in what is wanted, and leaves the rest as it was', () => {
    everyBridge((change) => {
      const kernel = run(change);
      for (const { dev, want } of haveAndWant(change)) assert.deepEqual(kernel.vlansOf(dev), want);
      const { bridge, wish } = change;
      assert.deepEqual(kernel.bridge('br0'), asWished(bridge, wish));
    });
  });

  test('while the bridge filters, every VLAN that is both had and wanted is there, and a PVID', () => {
    everyBridge((change) => {
      const interfaces = haveAndWant(change);
      run(change, (kernel) => {
        if (!kernel.isFiltering('br0')) return;
        for (const { dev, have, want } of interfaces) {
          const now = kernel.vlansOf(dev);
          const lost = [...have.vlans.keys()].filter(
            (member) => want.vlans.has(member) && !now.vlans.has(member),
          );
          assert.deepEqual(lost, []);
          if (have.pvid !== null && want.pvid !== null) assert.notEqual(now.pvid, null);
        }
      });
    });
  });

  test('filtering is turned on only when every wanted VLAN is there', () => {
    everyBridge((change) => {
      let filtering = change.bridge.filtering;
      run(change, (kernel) => {
        const turnedOn = !filtering && kernel.isFiltering('br0');
        filtering = kernel.isFiltering('br0');
        if (!turnedOn) return;
        for (const { dev, want } of haveAndWant(change)) {
          const now = kernel.vlansOf(dev);
          const missing = [...want.vlans].filter(([member, way]) => now.vlans.get(member) !== way);
          assert.deepEqual(missing, []);
          if (want.pvid !== null) assert.equal(now.pvid, want.pvid);
        }
      });
    });
  });

  test('settings come first, then what is added, then filtering, and last what is deleted', () => {
    everyBridge(({ bridge, ports, wish }) => {
      const order = lines(planBridge(bridge, ports, wish)).map((line) => {
        if (line.includes('vlan_filtering')) return 3;
        if (line.startsWith('ip ')) return 1;
        return line.startsWith('bridge vlan add ') ? 2 : 4;
      });
      assert.deepEqual(order, [...order].sort());
    });
  });

  test('a bridge that is right already gets no step', () => {
    everyBridge(({ bridge, ports, wish }) => {
      const rightPorts = ports.map((port) => ({ ...port, vlans: wish.ports.get(port.name) ?? port.vlans }));
      assert.deepEqual(planBridge(asWished(bridge, wish), rightPorts, wish), []);
    });
  });

  test('no step is empty', () => {
    everyBridge(({ bridge, ports, wish }) => {
      for (const commands of planBridge(bridge, ports, wish)) assert.notEqual(commands.length, 0);
    });
  });
});

test('a new default PVID moves ports as the kernel does', () => {
  const vlans: PortVlans = { pvid: null, vlans: new Map() };
  fc.assert(
    fc.property(portVlansState, fc.option(vid), fc.option(vid), (have, old, next) => {
      const bridge: Bridge = { name: 'br0', filtering: false, protocol: '802.1Q', defaultPvid: old, vlans };
      const kernel = new KernelModel([bridge], [{ name: 'port', bridge: 'br0', vlans: have }]);
      kernel.runIp(['link', 'set', 'dev', 'br0', 'type', 'bridge', 'vlan_default_pvid', String(next ?? 0)]);
      const expected = old === next ? have : afterDefaultPvid(have, old, next);
      assert.deepEqual(kernel.vlansOf('port'), expected);
    }),
    RUNS,
  );
});

test('the example switch, from a bridge that does not filter', () => {
  const member = (pvid: number, ...tagged: number[]): PortVlans => ({
    pvid: pvid as Vid,
    vlans: new Map([
      [pvid as Vid, 'untagged'],
      ...tagged.map((tag): [Vid, 'tagged'] => [tag as Vid, 'tagged']),
    ]),
  });
  const bridge: Bridge = {
    name: 'br0',
    filtering: false,
    protocol: '802.1Q',
    defaultPvid: 1 as Vid,
    vlans: member(1),
  };
  const ports = [bridgePort('eth0', member(1, 9)), bridgePort('vnet0', member(1))];
  const wish: BridgeWish = {
    filtering: true,
    defaultPvid: null,
    own: member(1, 200),
    ports: new Map([['eth0', member(1, 100, 200, 300)]]),
  };
  expect(lines(planBridge(bridge, ports, wish))).toEqual([
    'ip link set dev br0 type bridge vlan_default_pvid 0',
    'bridge vlan add dev eth0 vid 1 untagged',
    'bridge vlan add dev eth0 vid 100',
    'bridge vlan add dev eth0 vid 200',
    'bridge vlan add dev eth0 vid 300',
    'bridge vlan add dev vnet0 vid 1 untagged',
    'bridge vlan add dev br0 vid 1 untagged self',
    'bridge vlan add dev br0 vid 200 self',
    'bridge vlan add dev eth0 vid 1 pvid untagged',
    'bridge vlan add dev vnet0 vid 1 pvid untagged',
    'bridge vlan add dev br0 vid 1 pvid untagged self',
    'ip link set dev br0 type bridge vlan_filtering 1',
    'bridge vlan del dev eth0 vid 9',
  ]);
});
