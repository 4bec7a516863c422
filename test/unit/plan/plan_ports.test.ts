import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { NO_VLANS, type PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { planPorts, vlanCommandArgs, type PortChange, type VlanCommand } from '../../../lib/plan/plan_ports';
import { portChanges } from './arbitraries';
import { KernelModel } from '../fake_host/kernel_model';
import { readBridgeCommand } from '../fake_host/read_command';

const RUNS = { numRuns: 2000 };

/** The kernel before any command, and a look at each moment from then on. */
function follow(changes: readonly PortChange[], look: (kernel: KernelModel) => void): KernelModel {
  const own = changes.find(({ self }) => self)?.have ?? NO_VLANS;
  const kernel = new KernelModel(
    [{ name: 'br0', filtering: true, protocol: '802.1Q', defaultPvid: null, vlans: own }],
    changes.filter(({ self }) => !self).map(({ dev, have }) => ({ name: dev, bridge: 'br0', vlans: have })),
  );
  for (const command of planPorts(changes)) kernel.runBridge(vlanCommandArgs(command), () => look(kernel));
  return kernel;
}

function everyMoment(check: (change: PortChange, now: PortVlans) => void): void {
  fc.assert(
    fc.property(portChanges, (changes) => {
      follow(changes, (kernel) => {
        for (const change of changes) check(change, kernel.vlansOf(change.dev));
      });
    }),
    RUNS,
  );
}

function everyPlan(check: (commands: readonly VlanCommand[], changes: readonly PortChange[]) => void): void {
  fc.assert(
    fc.property(portChanges, (changes) => check(planPorts(changes), changes)),
    RUNS,
  );
}

describe('the plan for ports, for every state that the kernel can hold', () => {
  test('ends in what is wanted', () => {
    fc.assert(
      fc.property(portChanges, (changes) => {
        const kernel = follow(changes, () => undefined);
        for (const { dev, want } of changes) assert.deepEqual(kernel.vlansOf(dev), want);
      }),
      RUNS,
    );
  });

  test('keeps every VLAN that is both had and wanted, at every moment', () => {
    everyMoment(({ have, want }, now) => {
      const lost = [...have.vlans.keys()].filter((vid) => want.vlans.has(vid) && !now.vlans.has(vid));
      assert.deepEqual(lost, []);
    });
  });

  test('has a PVID at every moment, where one is had and one is wanted', () => {
    everyMoment(({ have, want }, now) => {
      if (have.pvid === null || want.pvid === null) return;
      assert.ok(now.pvid === have.pvid || now.pvid === want.pvid);
    });
  });

  test('never lets a port into a VLAN that is neither had nor wanted', () => {
    everyMoment(({ have, want }, now) => {
      const foreign = [...now.vlans.keys()].filter((vid) => !have.vlans.has(vid) && !want.vlans.has(vid));
      assert.deepEqual(foreign, []);
    });
  });

  test('never lets a VLAN leave in a way that is neither had nor wanted', () => {
    everyMoment(({ have, want }, now) => {
      const foreign = [...now.vlans].filter(
        ([vid, way]) => have.vlans.get(vid) !== way && want.vlans.get(vid) !== way,
      );
      assert.deepEqual(foreign, []);
    });
  });

  test("has every port in the host's new VLAN before the first PVID moves", () => {
    fc.assert(
      fc.property(portChanges, (changes) => {
        const host = changes.find(({ self }) => self);
        if (host === undefined || host.want.pvid === null) return;
        const vid = host.want.pvid;
        let moved = false;
        follow(changes, (kernel) => {
          if (moved) return;
          moved = changes.some(({ dev, have }) => kernel.vlansOf(dev).pvid !== have.pvid);
          if (!moved) return;
          for (const { dev, have, want } of changes) {
            const now = kernel.vlansOf(dev).vlans.get(vid);
            if (want.vlans.has(vid)) assert.ok(now !== undefined, dev);
            // Frames leave a port whose own PVID it becomes as they will later.
            if (want.pvid === vid && have.pvid !== vid) assert.equal(now, want.vlans.get(vid), dev);
          }
        });
      }),
      RUNS,
    );
  });

  test('issues no command for a port that is right already', () => {
    everyPlan((commands, changes) => {
      const right = changes.filter(({ have, want }) => isDeepStrictEqual(have, want)).map(({ dev }) => dev);
      assert.deepEqual(
        commands.filter(({ dev }) => right.includes(dev)),
        [],
      );
    });
  });

  test('is empty the second time', () => {
    everyPlan((_, changes) => {
      assert.deepEqual(planPorts(changes.map((change) => ({ ...change, have: change.want }))), []);
    });
  });

  test('touches no VLAN that is right already', () => {
    everyPlan((commands, changes) => {
      const touched = commands.flatMap(({ dev, range: [first, last] }) => {
        const { have, want } = changes.find((change) => change.dev === dev) ?? {
          have: NO_VLANS,
          want: NO_VLANS,
        };
        const vids = Array.from({ length: last - first + 1 }, (_, index) => (first + index) as Vid);
        return vids.filter(
          (vid) => have.vlans.get(vid) === want.vlans.get(vid) && (have.pvid === vid) === (want.pvid === vid),
        );
      });
      assert.deepEqual(touched, []);
    });
  });

  test('adds before it deletes', () => {
    everyPlan((commands) => {
      const actions = commands.map(({ action }) => action);
      assert.deepEqual(actions, [...actions].sort());
    });
  });

  test('gives every command once', () => {
    everyPlan((commands) => {
      const lines = commands.map((command) => vlanCommandArgs(command).join(' '));
      assert.equal(new Set(lines).size, lines.length);
    });
  });

  test("its commands are read by the tool's rules as they were meant", () => {
    everyPlan((commands) => {
      for (const command of commands) {
        const { range, ...rest } = command;
        const read = readBridgeCommand(vlanCommandArgs(command));
        assert.deepEqual(read, { ...rest, first: range[0], last: range[1] });
      }
    });
  });

  test('says the same whatever the order of the ports', () => {
    everyPlan((commands, changes) => {
      const perPort = (list: readonly VlanCommand[], dev: string) =>
        list.filter((command) => command.dev === dev);
      const other = planPorts([...changes].reverse());
      for (const { dev } of changes) assert.deepEqual(perPort(other, dev), perPort(commands, dev));
    });
  });
});

describe('the plan for one port', () => {
  const vlans = (pvid: number | null, ...members: [number, 'tagged' | 'untagged'][]): PortVlans => ({
    pvid: pvid as Vid | null,
    vlans: new Map(members as [Vid, 'tagged' | 'untagged'][]),
  });
  const plan = (have: PortVlans, want: PortVlans, self = false): string[] =>
    planPorts([{ dev: 'veth0', self, have, want }]).map((command) => vlanCommandArgs(command).join(' '));

  const INITIAL = vlans(1, [1, 'untagged']);

  test('a port as the kernel makes it gets a PVID and tags', () => {
    expect(
      plan(INITIAL, vlans(100, [100, 'untagged'], [200, 'tagged'], [201, 'tagged'], [300, 'tagged'])),
    ).toEqual([
      'vlan add dev veth0 vid 200-201',
      'vlan add dev veth0 vid 300',
      'vlan add dev veth0 vid 100 pvid untagged',
      'vlan del dev veth0 vid 1',
    ]);
  });

  test('a VID that is tagged becomes the PVID without being taken away', () => {
    const have = vlans(1, [1, 'untagged'], [100, 'tagged']);
    expect(plan(have, vlans(100, [100, 'untagged']))).toEqual([
      'vlan add dev veth0 vid 100 pvid untagged',
      'vlan del dev veth0 vid 1',
    ]);
  });

  test('the old PVID stays as a tag', () => {
    expect(plan(INITIAL, vlans(2, [1, 'tagged'], [2, 'untagged']))).toEqual([
      'vlan add dev veth0 vid 2 pvid untagged',
      'vlan add dev veth0 vid 1',
    ]);
  });

  test('no PVID is wanted, but its VLAN is', () => {
    expect(plan(INITIAL, vlans(null, [1, 'untagged']))).toEqual(['vlan add dev veth0 vid 1 untagged']);
  });

  test('a PVID that leaves tagged', () => {
    expect(plan(INITIAL, vlans(1, [1, 'tagged']))).toEqual(['vlan add dev veth0 vid 1 pvid']);
  });

  test('all is taken away', () => {
    const have = vlans(1, [1, 'untagged'], [2, 'tagged'], [3, 'untagged'], [5, 'tagged']);
    expect(plan(have, NO_VLANS)).toEqual(['vlan del dev veth0 vid 1-3', 'vlan del dev veth0 vid 5']);
  });

  test('the bridge itself is told apart from its ports', () => {
    expect(plan(INITIAL, vlans(1, [1, 'untagged'], [200, 'tagged']), true)).toEqual([
      'vlan add dev veth0 vid 200 self',
    ]);
  });

  test('the host and its trunk move together: both are in the new VLAN before either leaves the old one', () => {
    const want = vlans(7, [7, 'untagged']);
    const commands = planPorts([
      { dev: 'eth0', self: false, have: INITIAL, want },
      { dev: 'br0', self: true, have: INITIAL, want },
    ]);
    expect(commands.map((command) => vlanCommandArgs(command).join(' '))).toEqual([
      'vlan add dev eth0 vid 7 untagged',
      'vlan add dev br0 vid 7 untagged self',
      'vlan add dev eth0 vid 7 pvid untagged',
      'vlan add dev br0 vid 7 pvid untagged self',
      'vlan del dev eth0 vid 1',
      'vlan del dev br0 vid 1 self',
    ]);
  });
});
