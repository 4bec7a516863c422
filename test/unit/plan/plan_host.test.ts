import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyPlan } from '../../../lib/cli/apply/apply_plan';
import { explain } from '../../../lib/cli/explain/explain';
import type { ExplainedInterface } from '../../../lib/cli/explain/explain_interfaces';
import { planStatus } from '../../../lib/cli/plan/plan_status';
import type { Vid } from '../../../lib/model/vlan/vid';
import { verdict } from '../../../lib/plan/switch/verdict';
import { renderStatus } from '../../../lib/cli/status/render_status';
import { describePortVlans } from '../../../lib/model/vlan/port_vlans';
import { contextOf, runCommand } from '../cli/run_command';
import { FakeHost, FREE, ROOT } from '../fake_host/fake_host';
import { nicsIn, type Nic } from '../fake_host/guest_xml';
import { bridge, bridgePort, member } from '../model/host/host_parts';
import { portVlansState } from './arbitraries';
import { Refused } from '../fake_host/refused';
import { planFor, problemsIn, setAll, setGuest, startDaemon, startGuest } from './programs';

const vlansOf = (host: FakeHost, name: string): string => describePortVlans(host.kernel.vlansOf(name));

const TAPS = ['veth0', 'veth1', 'veth2'];
const GUESTS: Readonly<Record<string, readonly Nic[]>> = {
  VM1: nicsIn('br0', 'veth0'),
  VM2: [...nicsIn('br0', 'veth1'), { type: 'ethernet', dev: 'veth2' }],
};

const vids = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }).map((list) => list.join(' '));
const pvid = fc.constantFrom('1', '2', '7', 'none');
const vlanLine = fc
  .tuple(fc.constantFrom(...TAPS), pvid, vids)
  .map(([dev, own, tags]) => `[${dev}]\nguest = VM*\npvid = ${own}\ntagged = ${tags}\n`);
const bridgeConf = fc
  .record({
    trunk: fc.constantFrom('eth0', 'eth*', 'eth0 eth1'),
    own: pvid,
    trunkPvid: pvid,
    tags: fc.oneof(fc.constant('auto'), vids),
    ownTags: vids,
    rest: fc.constantFrom('', 'allow-cut-off = yes\n', 'br9 = wrong\n'),
  })
  .map(
    ({ trunk, own, trunkPvid, tags, ownTags, rest }) =>
      `[br0]\ntrunk-port = ${trunk}\ntrunk-pvid = ${trunkPvid}\ntrunk-tags = ${tags}\nbr-pvid = ${own}\nbr-tags = ${ownTags}\n${rest}`,
  );

/** A host in any state, with any conf: what the kernel says of it, two sections at most, an address on br0. */
const anyWorld = fc
  .record({
    filtering: fc.boolean(),
    states: fc.array(portVlansState, { minLength: 6, maxLength: 6 }),
    sections: fc.uniqueArray(vlanLine, { selector: (text) => text.split('\n')[0], maxLength: 3 }),
    bridge_init: bridgeConf,
    hasAddress: fc.boolean(),
  })
  .map(({ filtering, states, sections, bridge_init, hasAddress }) => () => {
    const [own = member(1), ...ports] = states;
    const names = ['eth0', 'eth1', ...TAPS];
    return new FakeHost({
      bridges: [bridge('br0', { filtering, vlans: own, defaultPvid: null })],
      ports: names.map((name, n) => bridgePort(name, ports[n] ?? member(1))),
      addresses: hasAddress ? { br0: '192.0.2.1' } : {},
      confs: { bridge_init, vlan_filtering: sections.join('') },
      guests: GUESTS,
    });
  });

const linesOf = (steps: readonly { tool: string; args: readonly string[] }[]): string[] =>
  steps.map(({ tool, args }) => [tool, ...args].join(' '));

const RUNS = { numRuns: 300 };
jest.setTimeout(60_000);

describe('what `plan` shows is what is done', () => {
  test('by apply: these commands, and the kernel is then as the plan says', () =>
    fc.assert(
      fc.asyncProperty(anyWorld, async (make) => {
        const world = make();
        const shown = await planFor(world);
        await applyPlan(shown, true, contextOf(world));
        assert.deepEqual(world.ran, linesOf(shown.plan.steps));
        const again = await planFor(world);
        assert.deepEqual(again.plan.steps, []);
        for (const [name, port] of shown.plan.after.ports)
          assert.deepEqual(
            describePortVlans(again.state.host.ports.get(name)?.vlans ?? member(null)),
            describePortVlans(port.vlans),
          );
      }),
      RUNS,
    ));

  test('by bridge_init: the same commands for bridges, less those of a bridge whose host would be lost', () =>
    fc.assert(
      fc.asyncProperty(anyWorld, async (make) => {
        const world = make();
        const { plan } = await planFor(world);
        const isRefused = (name: string): boolean =>
          plan.bridges.some(
            ({ target, risks }) =>
              target.rule.bridge === name && risks.some(({ level }) => level === 'error'),
          );
        const expected = plan.steps.filter(({ unit }) => unit.kind === 'bridge' && !isRefused(unit.name));
        await startDaemon(world);
        assert.deepEqual(world.ran, linesOf(expected));
      }),
      RUNS,
    ));

  test('by hooks of guests, once the bridges are as they should be', () =>
    fc.assert(
      fc.asyncProperty(anyWorld, async (make) => {
        const world = make();
        await startDaemon(world, { force: true });
        const { plan } = await planFor(world);
        const before = world.ran.length;
        const hasTrunks = plan.trunks.length > 0;
        if (hasTrunks) {
          await setAll(world);
          // A guest's start never changes how the host is reached; `apply` may, if that was agreed to.
          if (plan.risks.length > 0) return;
          assert.deepEqual(world.ran.slice(before), linesOf(plan.steps));
        } else {
          for (const [name, nics] of Object.entries(GUESTS)) await startGuest(world, name, nics);
          assert.deepEqual(
            world.ran.slice(before).sort(),
            linesOf(plan.steps.filter(({ unit }) => unit.kind === 'port')).sort(),
          );
        }
      }),
      RUNS,
    ));
});

test('`status` says "as wanted" exactly where `plan` has nothing to do and nothing is wrong', () =>
  fc.assert(
    fc.asyncProperty(anyWorld, fc.subarray(TAPS), async (make, lost) => {
      const world = make();
      for (const tap of lost) world.lose(tap);
      for (let round = 0; round < 3; round++) {
        const plan = await planFor(world);
        assert.equal(verdict(plan.state) === 'ok', planStatus(plan) === 0, JSON.stringify(plan.changes));
        if (round === 0) await setAll(world);
        else await applyPlan(plan, true, contextOf(world));
      }
    }),
    RUNS,
  ));

test('`explain` says that a port is as wanted exactly where `plan` leaves it', () =>
  fc.assert(
    fc.asyncProperty(anyWorld, async (make) => {
      const world = make();
      for (let round = 0; round < 2; round++) {
        const plan = await planFor(world);
        const changed = new Set(plan.changes.map(({ name }) => name));
        for (const guest of Object.keys(GUESTS)) {
          const { stdout } = await runCommand(explain, { guest, json: true }, world);
          const { interfaces } = JSON.parse(stdout) as { interfaces: ExplainedInterface[] };
          for (const { dev, isAsWanted } of interfaces) {
            if (isAsWanted === true) assert.equal(changed.has(dev ?? ''), false, stdout);
            if (isAsWanted === false) assert.notEqual(planStatus(plan), 0, stdout);
          }
        }
        await applyPlan(plan, true, contextOf(world));
      }
    }),
    RUNS,
  ));

describe('the guard against disconnecting the host', () => {
  const reached = (
    bridge_init: string,
    vlan_filtering = '',
    more: ReturnType<typeof bridgePort>[] = [],
  ): FakeHost =>
    new FakeHost({
      bridges: [bridge('br0', { filtering: true })],
      ports: [bridgePort('eth0', member(1)), bridgePort('veth0', member(1)), ...more],
      addresses: { br0: '192.0.2.1' },
      confs: { bridge_init, vlan_filtering },
      guests: { VM1: GUESTS.VM1 ?? [] },
    });

  test.each([
    ['conf is refused by bridge_init', 'trunk-pvid = none\nbr-pvid = none\nbr-tags = 10\n'],
    ['conf was edited and nothing has refused it', 'trunk-pvid = none\nbr-pvid = 10\n'],
  ])('automatic trunks do not bypass it: %s', async (_, keys) => {
    const world = reached(
      `[br0]\ntrunk-port = eth0\ntrunk-tags = auto\n${keys}`,
      '[veth0]\nguest = VM1\npvid = 100\n',
    );
    const { status, summary } = await startGuest(world, 'VM1', GUESTS.VM1 ?? []);
    expect([status, vlansOf(world, 'veth0'), vlansOf(world, 'eth0')]).toEqual([
      0,
      'PVID 100',
      'PVID 1, tagged 100',
    ]);
    expect(summary).toContain('done: 1 port as wanted');
  });

  test('while conf is wrong in another section, what plan shows is done, and then there is nothing to do', async () => {
    const make = (): FakeHost =>
      new FakeHost({
        bridges: [bridge('br0', { filtering: true })],
        ports: [bridgePort('eth0', member(1, 50)), bridgePort('veth0', member(1))],
        confs: {
          bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\n[br9]\nbr-pvid = x\n',
          vlan_filtering: '[veth0]\nguest = VM1\npvid = 100\n',
        },
        guests: { VM1: GUESTS.VM1 ?? [] },
      });
    const [applied, hooks] = [make(), make()];
    await applyPlan(await planFor(applied), false, contextOf(applied));
    // A guest's hook only adds to the trunk, as what it reads may not be all that was meant; bridge_init does the rest.
    await setAll(hooks);
    expect(vlansOf(hooks, 'eth0')).toBe('PVID 1, tagged 50,100');
    await startDaemon(hooks);
    for (const world of [applied, hooks]) {
      expect(vlansOf(world, 'eth0')).toBe('PVID 1, tagged 100');
      expect((await planFor(world)).plan.steps).toEqual([]);
    }
  });

  test('a guest that starts never moves the host to another VLAN', async () => {
    const world = reached(
      '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\ntrunk-pvid = 7\nbr-pvid = 1\n',
      '[veth0]\nguest = VM1\npvid = 100\n',
    );
    await setAll(world);
    expect(vlansOf(world, 'eth0')).toBe('PVID 1, tagged 100');
  });

  test.each(['dummy', 'ifb', 'macvtap', 'tun', 'veth'])('a port of kind %s is no way out', async (kind) => {
    const other = { ...bridgePort('x0', member(1)), kind };
    const world = reached('[br0]\ntrunk-port = eth0\ntrunk-pvid = 5\nbr-pvid = 1\n', '', [other]);
    expect(problemsIn(await startDaemon(world))).toContain('disconnects-host of br0');
    expect(world.ran).toEqual([]);
  });

  test('apply carries out nothing that the user was not shown: a risk that comes meanwhile ends it', async () => {
    const { apply } = await import('../../../lib/cli/apply/apply');
    const world = reached('[br0]\ntrunk-port = eth0\ntrunk-pvid = none\ntrunk-tags = 10\nbr-pvid = 10\n');
    world.addresses = {};
    let reads = 0;
    world.replace = (command) => {
      // A DHCP lease comes between the first look and the second.
      if (command === 'ip -j -d addr show' && ++reads === 2) world.addresses = { br0: '192.0.2.1' };
      return undefined;
    };
    world.lock = FREE;
    await expect(apply.run({ yes: true }, contextOf(world))).rejects.toThrow(
      'the host or conf has changed since the plan was shown; nothing has been changed',
    );
    expect(world.ran).toEqual([]);
  });
});

describe('no run without force takes the way out from a host that has one', () => {
  /** Uplinks by which a frame of br0's own address leaves, and by which the answer comes in the same way. */
  const isReached = ({ kernel }: FakeHost): boolean => {
    const { filtering, vlans } = kernel.bridge('br0');
    const own = vlans.pvid;
    const isOut = (port: (typeof vlans)['pvid'], egress: string | undefined): boolean =>
      egress === 'tagged' || (egress === 'untagged' && port === own);
    return kernel.ports('br0').some(({ kind, vlans: { pvid: native, vlans: its } }) => {
      if (kind === 'tun') return false;
      return (
        !filtering || (own !== null && vlans.vlans.get(own) === 'untagged' && isOut(native, its.get(own)))
      );
    });
  };

  test('bridge_init and vlan_filtering, in any order', () =>
    fc.assert(
      fc.asyncProperty(
        anyWorld,
        fc.array(fc.constantFrom('init', 'all', 'start', 'by hand'), { minLength: 1, maxLength: 4 }),
        async (make, order) => {
          const world = make();
          if (world.files[`${ROOT}/conf/bridge_init.conf`]?.includes('allow-cut-off') === true) return;
          world.addresses = { br0: '192.0.2.1' };
          const before = isReached(world);
          for (const what of order) {
            if (what === 'init') await startDaemon(world);
            if (what === 'all') await setAll(world);
            if (what === 'start') await startGuest(world, 'VM2', GUESTS.VM2 ?? []);
            if (what === 'by hand') await setGuest(world, 'VM1');
          }
          assert.ok(!before || isReached(world), world.ran.join('\n'));
        },
      ),
      { numRuns: 500 },
    ));

  test("a guest's port is no exception: of Xen's even the name says what it is", async () => {
    const conf = '[vif1.0]\nguest = VM1\npvid = 100\n';
    const port = { ...bridgePort('vif1.0', member(1)), kind: null };
    const make = (bridge_init: string): FakeHost =>
      new FakeHost({
        bridges: [bridge('br0', { filtering: true })],
        ports: [port],
        addresses: { br0: '192.0.2.1' },
        confs: { bridge_init, vlan_filtering: conf },
      });
    const world = make('');
    const outcome = await setGuest(world, 'VM1');
    expect([outcome.status, world.ran]).toEqual([1, []]);
    expect(problemsIn(outcome)).toEqual(["disconnects-host of VM1's vif1.0"]);

    const other = make('[br0]\nallow-cut-off = yes\n');
    expect((await setGuest(other, 'VM1')).status).toBe(0);
    expect(vlansOf(other, 'vif1.0')).toBe('PVID 100');
  });
});

describe('a tap that has lost its bridge', () => {
  const QUARANTINE = '[veth0]\nguest = VM1\npvid = 100\ntagged = 200\n';
  const lost = (vlan_filtering: string, guests = GUESTS, filtering = true): FakeHost =>
    new FakeHost({
      bridges: [bridge('br0', { filtering })],
      ports: [bridgePort('veth1', member(1))],
      links: ['veth0', 'veth2'],
      confs: { vlan_filtering },
      guests,
    });
  const isPort = (host: FakeHost): boolean => host.kernel.ports().some(({ name }) => name === 'veth0');

  test.each([
    ['of all guests', (world: FakeHost) => setAll(world)],
    ['of one guest', (world: FakeHost) => startGuest(world, 'VM1', GUESTS.VM1 ?? [])],
    [
      'of apply',
      async (world: FakeHost) => {
        const { isDone } = await applyPlan(await planFor(world), false, contextOf(world));
        return { status: Number(!isDone) };
      },
    ],
  ])('is put back, and is up only once it has its VLANs: a run %s', async (_, run) => {
    const world = lost(QUARANTINE);
    const { plan, changes } = await planFor(world);
    expect(changes).toMatchObject([
      { name: 'veth0', guest: 'VM1', found: 'in no bridge', wanted: 'PVID 100, tagged 200' },
    ]);
    expect(changes[0]?.commands).toEqual(linesOf(plan.steps));
    expect((await run(world)).status).toBe(0);
    expect(world.ran).toEqual(linesOf(plan.steps));
    expect([world.ran[0], world.ran.at(-1)]).toEqual([
      'ip link set dev veth0 down',
      'ip link set dev veth0 up',
    ]);
    expect(vlansOf(world, 'veth0')).toBe('PVID 100, tagged 200');
    expect((await planFor(world)).plan.steps).toEqual([]);
  });

  test.each<[string, FakeHost, status: number]>([
    ["its guest's conf is wrong", lost('[veth0]\nguest = VM1\npvid = 5000\n'), 2],
    [
      'another guest claims it',
      lost(QUARANTINE, { ...GUESTS, VM3: [{ type: 'ethernet', dev: 'veth0' }] }),
      1,
    ],
    ['the bridge does not filter', lost(QUARANTINE, GUESTS, false), 1],
  ])('stays out of it where %s: it would be in the default PVID', async (_, world, status) => {
    for (const run of [() => setAll(world), () => startGuest(world, 'VM1', GUESTS.VM1 ?? [])]) {
      expect((await run()).status).toBe(status);
      expect(world.ran).toEqual([]);
      expect(isPort(world)).toBe(false);
    }
  });

  test('is missing to status too, where conf has no VLANs for it', async () => {
    const world = lost('');
    const { state, changes } = await planFor(world);
    expect(state.missing).toEqual([
      { name: 'veth0', guest: 'VM1', bridge: 'br0', wanted: null, wantedBy: null },
    ]);
    expect([verdict(state), changes.map(({ name }) => name)]).toEqual(['drift', ['veth0']]);
    expect(renderStatus(state, { width: 80, color: false, confFolder: '' }, new Map())).toContain(
      "Missing ports:\n  veth0, guest VM1: in no bridge; the guest's XML names br0\n",
    );
    expect((await setAll(world)).status).toBe(0);
    expect(verdict((await planFor(world)).state)).toBe('ok');
  });

  test('is as it was before where the kernel refuses its VLANs, and is tried again', async () => {
    const world = lost(QUARANTINE);
    world.watch = (command) => {
      if (command.includes('vlan add')) throw new Refused('no memory');
    };
    const outcome = await setAll(world);
    expect(outcome.status).toBe(1);
    expect(problemsIn(outcome)).toEqual(["port-not-set of VM1's veth0"]);
    expect([isPort(world), world.down.size]).toEqual([false, 0]);
    world.watch = () => undefined;
    expect((await setAll(world)).status).toBe(0);
    expect(vlansOf(world, 'veth0')).toBe('PVID 100, tagged 200');
  });
});

describe('a change that is rolled back while a hook waits for the lock', () => {
  test.each([
    ['vlan_filtering', (world: FakeHost) => startGuest(world, 'VM1', GUESTS.VM1 ?? []), 'veth0', 'PVID 100'],
    ['bridge_init', (world: FakeHost) => startDaemon(world), 'eth0', 'PVID 1, tagged 10'],
  ])('does not come back by %s', async (name, run, port, vlans) => {
    const conf = {
      bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = 10\n',
      vlan_filtering: '[veth0]\nguest = VM1\npvid = 100\n',
    };
    const world = new FakeHost({
      bridges: [bridge('br0', { filtering: true })],
      ports: [bridgePort('eth0', member(1)), bridgePort('veth0', member(1))],
      confs: conf,
      guests: { VM1: GUESTS.VM1 ?? [] },
    });
    const file = `${ROOT}/conf/${name}.conf`;
    const held = world.files[file] ?? '';
    world.files[file] = held.replace(/(pvid|tags) = (\d+)/, '$1 = 66');
    world.lock = () => {
      world.files[file] = held;
      return FREE();
    };
    expect((await run(world)).status).toBe(0);
    expect(vlansOf(world, port)).toBe(vlans);
    expect(world.ran.join('\n')).not.toContain('66');
  });
});

test('a thousand ports take two reads and one batch', async () => {
  const taps = Array.from({ length: 1000 }, (_, n) => `vnet${n}`);
  const world = new FakeHost({
    bridges: [bridge('br0', { filtering: true })],
    ports: taps.map((name) => bridgePort(name, member(1))),
    confs: { vlan_filtering: '[all]\nguest = *\nbridge = br0\npvid = 7\n' },
    guests: { VM1: nicsIn('br0', ...taps) },
  });
  expect((await setAll(world)).status).toBe(0);
  expect(world.processes).toBe(3);
  expect(world.kernel.vlansOf('vnet999').pvid).toBe(7 as Vid);
});
