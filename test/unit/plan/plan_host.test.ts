import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyPlan } from '../../../lib/cli/apply/apply_plan';
import { planStatus } from '../../../lib/cli/plan/plan_status';
import type { Vid } from '../../../lib/model/vlan/vid';
import { verdict } from '../../../lib/plan/switch/verdict';
import { renderStatus } from '../../../lib/cli/status/render_status';
import { describePortVlans } from '../../../lib/model/vlan/port_vlans';
import { fakeContext } from '../cli/fake_context';
import { SimulatedHost } from '../plugins/simulated_host';
import { bridge, member } from '../plugins/worlds';
import { bridgePort } from '../model/host/bridge_port';
import { portVlansState } from './arbitraries';
import { Refused } from '../fake_host/refused';
import { ROOT, World, type Nic } from './world';

const vlansOf = ({ host }: World, name: string): string => describePortVlans(host.kernel.vlansOf(name));

const TAPS = ['veth0', 'veth1', 'veth2'];
const GUESTS: Readonly<Record<string, readonly Nic[]>> = {
  VM1: [{ type: 'bridge', dev: 'veth0', bridge: 'br0' }],
  VM2: [
    { type: 'bridge', dev: 'veth1', bridge: 'br0' },
    { type: 'ethernet', dev: 'veth2' },
  ],
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
    const host = new SimulatedHost(
      [bridge('br0', { filtering, vlans: own, defaultPvid: null })],
      names.map((name, n) => bridgePort(name, ports[n] ?? member(1))),
    );
    if (hasAddress) host.addresses = { br0: '192.0.2.1' };
    return new World(host, { bridge_init, vlan_filtering: sections.join('') }, GUESTS);
  });

const context = ({ host, files }: World) =>
  fakeContext({ files, exec: host.exec, written: new Map() }, { stdout: '', stderr: '' });

const linesOf = (steps: readonly { tool: string; args: readonly string[] }[]): string[] =>
  steps.map(({ tool, args }) => [tool, ...args].join(' '));

const RUNS = { numRuns: 300 };
jest.setTimeout(60_000);

describe('what `plan` shows is what is done', () => {
  test('by apply: these commands, and the kernel is then as the plan says', () =>
    fc.assert(
      fc.asyncProperty(anyWorld, async (make) => {
        const world = make();
        const shown = await world.plan();
        await applyPlan(shown, true, context(world));
        assert.deepEqual(world.host.ran, linesOf(shown.plan.steps));
        const again = await world.plan();
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
        const { plan } = await world.plan();
        const isRefused = (name: string): boolean =>
          plan.bridges.some(
            ({ target, risks }) =>
              target.rule.bridge === name && risks.some(({ level }) => level === 'error'),
          );
        const expected = plan.steps.filter(({ unit }) => unit.kind === 'bridge' && !isRefused(unit.name));
        await world.bridgeInit();
        assert.deepEqual(world.host.ran, linesOf(expected));
      }),
      RUNS,
    ));

  test('by hooks of guests, once the bridges are as they should be', () =>
    fc.assert(
      fc.asyncProperty(anyWorld, async (make) => {
        const world = make();
        await world.bridgeInit({ force: true });
        const { plan } = await world.plan();
        const before = world.host.ran.length;
        const hasTrunks = plan.trunks.length > 0;
        if (hasTrunks) {
          await world.all();
          // A guest's start never changes how the host is reached; `apply` may, if that was agreed to.
          if (plan.risks.length > 0) return;
          assert.deepEqual(world.host.ran.slice(before), linesOf(plan.steps));
        } else {
          for (const [name, nics] of Object.entries(GUESTS)) await world.start(name, nics);
          assert.deepEqual(
            world.host.ran.slice(before).sort(),
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
      for (const tap of lost) world.host.lose(tap);
      for (let round = 0; round < 3; round++) {
        const plan = await world.plan();
        assert.equal(verdict(plan.state) === 'ok', planStatus(plan) === 0, JSON.stringify(plan.changes));
        if (round === 0) await world.all();
        else await applyPlan(plan, true, context(world));
      }
    }),
    RUNS,
  ));

describe('the guard against disconnecting the host', () => {
  const reached = (
    bridge_init: string,
    vlan_filtering = '',
    more: ReturnType<typeof bridgePort>[] = [],
  ): World => {
    const host = new SimulatedHost(
      [bridge('br0', { filtering: true })],
      [bridgePort('eth0', member(1)), bridgePort('veth0', member(1)), ...more],
    );
    host.addresses = { br0: '192.0.2.1' };
    return new World(host, { bridge_init, vlan_filtering }, { VM1: GUESTS.VM1 ?? [] });
  };

  test.each([
    ['conf is refused by bridge_init', 'trunk-pvid = none\nbr-pvid = none\nbr-tags = 10\n'],
    ['conf was edited and nothing has refused it', 'trunk-pvid = none\nbr-pvid = 10\n'],
  ])('automatic trunks do not bypass it: %s', async (_, keys) => {
    const world = reached(
      `[br0]\ntrunk-port = eth0\ntrunk-tags = auto\n${keys}`,
      '[veth0]\nguest = VM1\npvid = 100\n',
    );
    const { status, summary } = await world.start('VM1', GUESTS.VM1 ?? []);
    expect([status, vlansOf(world, 'veth0'), vlansOf(world, 'eth0')]).toEqual([
      0,
      'PVID 100',
      'PVID 1, tagged 100',
    ]);
    expect(summary).toContain('done: 1 port as wanted');
  });

  test('while conf is wrong in another section, what plan shows is done, and then there is nothing to do', async () => {
    const make = (): World => {
      const host = new SimulatedHost(
        [bridge('br0', { filtering: true })],
        [bridgePort('eth0', member(1, 50)), bridgePort('veth0', member(1))],
      );
      const bridge_init = '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\n[br9]\nbr-pvid = x\n';
      const vlan_filtering = '[veth0]\nguest = VM1\npvid = 100\n';
      return new World(host, { bridge_init, vlan_filtering }, { VM1: GUESTS.VM1 ?? [] });
    };
    const [applied, hooks] = [make(), make()];
    await applyPlan(await applied.plan(), false, context(applied));
    // A guest's hook only adds to the trunk, as what it reads may not be all that was meant; bridge_init does the rest.
    await hooks.all();
    expect(vlansOf(hooks, 'eth0')).toBe('PVID 1, tagged 50,100');
    await hooks.bridgeInit();
    for (const world of [applied, hooks]) {
      expect(vlansOf(world, 'eth0')).toBe('PVID 1, tagged 100');
      expect((await world.plan()).plan.steps).toEqual([]);
    }
  });

  test('a guest that starts never moves the host to another VLAN', async () => {
    const world = reached(
      '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\ntrunk-pvid = 7\nbr-pvid = 1\n',
      '[veth0]\nguest = VM1\npvid = 100\n',
    );
    await world.all();
    expect(vlansOf(world, 'eth0')).toBe('PVID 1, tagged 100');
  });

  test.each(['dummy', 'ifb', 'macvtap', 'tun', 'veth'])('a port of kind %s is no way out', async (kind) => {
    const other = { ...bridgePort('x0', member(1)), kind };
    const world = reached('[br0]\ntrunk-port = eth0\ntrunk-pvid = 5\nbr-pvid = 1\n', '', [other]);
    expect((await world.bridgeInit()).summary).toContain('this would disconnect the host');
    expect(world.host.ran).toEqual([]);
  });

  test('apply carries out nothing that the user was not shown: a risk that comes meanwhile ends it', async () => {
    const { apply } = await import('../../../lib/cli/apply/apply');
    const world = reached('[br0]\ntrunk-port = eth0\ntrunk-pvid = none\ntrunk-tags = 10\nbr-pvid = 10\n');
    world.host.addresses = {};
    let reads = 0;
    world.host.replace = (command) => {
      // A DHCP lease comes between the first look and the second.
      if (command === 'ip -j -d addr show' && ++reads === 2) world.host.addresses = { br0: '192.0.2.1' };
      return undefined;
    };
    const said = { stdout: '', stderr: '' };
    const base = fakeContext({}, said);
    const io = { ...base.io, ...world.io() };
    await expect(apply.run({ yes: true }, { ...base, io })).rejects.toThrow(
      'the host or conf has changed since the plan was made; nothing has been done',
    );
    expect(world.host.ran).toEqual([]);
  });
});

describe('no run without force takes the way out from a host that has one', () => {
  /** Uplinks by which a frame of br0's own address leaves, and by which the answer comes in the same way. */
  const isReached = ({ host: { kernel } }: World): boolean => {
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
          world.host.addresses = { br0: '192.0.2.1' };
          const before = isReached(world);
          for (const what of order) {
            if (what === 'init') await world.bridgeInit();
            if (what === 'all') await world.all();
            if (what === 'start') await world.start('VM2', GUESTS.VM2 ?? []);
            if (what === 'by hand') await world.byHand('VM1');
          }
          assert.ok(!before || isReached(world), world.host.ran.join('\n'));
        },
      ),
      { numRuns: 500 },
    ));

  test("a guest's port is no exception: of Xen's even the name says what it is", async () => {
    const conf = '[vif1.0]\nguest = VM1\npvid = 100\n';
    const port = { ...bridgePort('vif1.0', member(1)), kind: null };
    const host = new SimulatedHost([bridge('br0', { filtering: true })], [port]);
    host.addresses = { br0: '192.0.2.1' };
    const world = new World(host, { vlan_filtering: conf });
    const { status, summary } = await world.byHand('VM1');
    expect([status, host.ran]).toEqual([1, []]);
    expect(summary).toContain(
      'port vif1.0 of guest VM1: this would disconnect the host: 192.0.2.1/24 on br0',
    );

    const other = new World(host, { vlan_filtering: conf, bridge_init: '[br0]\nallow-cut-off = yes\n' });
    expect((await other.byHand('VM1')).status).toBe(0);
    expect(vlansOf(other, 'vif1.0')).toBe('PVID 100');
  });
});

describe('a tap that has lost its bridge', () => {
  const QUARANTINE = '[veth0]\nguest = VM1\npvid = 100\ntagged = 200\n';
  const lost = (vlan_filtering: string, guests = GUESTS, filtering = true): World => {
    const host = new SimulatedHost(
      [bridge('br0', { filtering })],
      [bridgePort('veth1', member(1))],
      ['veth0', 'veth2'],
    );
    return new World(host, { bridge_init: '', vlan_filtering }, guests);
  };
  const isPort = ({ host }: World): boolean => host.kernel.ports().some(({ name }) => name === 'veth0');

  test.each([
    ['of all guests', (world: World) => world.all()],
    ['of one guest', (world: World) => world.start('VM1', GUESTS.VM1 ?? [])],
    [
      'of apply',
      async (world: World) => ({ status: await applyPlan(await world.plan(), false, context(world)) }),
    ],
  ])('is put back, and is up only once it has its VLANs: a run %s', async (_, run) => {
    const world = lost(QUARANTINE);
    const { plan, changes } = await world.plan();
    expect(changes).toMatchObject([
      { name: 'veth0', guest: 'VM1', found: 'in no bridge', wanted: 'PVID 100, tagged 200' },
    ]);
    expect(changes[0]?.commands).toEqual(linesOf(plan.steps));
    expect((await run(world)).status).toBe(0);
    expect(world.host.ran).toEqual(linesOf(plan.steps));
    expect([world.host.ran[0], world.host.ran.at(-1)]).toEqual([
      'ip link set dev veth0 down',
      'ip link set dev veth0 up',
    ]);
    expect(vlansOf(world, 'veth0')).toBe('PVID 100, tagged 200');
    expect((await world.plan()).plan.steps).toEqual([]);
  });

  test.each<[string, World]>([
    ["its guest's conf is wrong", lost('[veth0]\nguest = VM1\npvid = 5000\n')],
    ['another guest claims it', lost(QUARANTINE, { ...GUESTS, VM3: [{ type: 'ethernet', dev: 'veth0' }] })],
    ['the bridge does not filter', lost(QUARANTINE, GUESTS, false)],
  ])('stays out of it where %s: it would be in the default PVID', async (_, world) => {
    for (const run of [() => world.all(), () => world.start('VM1', GUESTS.VM1 ?? [])]) {
      expect((await run()).status).not.toBe(0);
      expect(world.host.ran).toEqual([]);
      expect(isPort(world)).toBe(false);
    }
  });

  test('is missing to status too, where conf has no VLANs for it', async () => {
    const world = lost('');
    const { state, changes } = await world.plan();
    expect(state.missing).toEqual([
      { name: 'veth0', guest: 'VM1', bridge: 'br0', wanted: null, wantedBy: null },
    ]);
    expect([verdict(state), changes.map(({ name }) => name)]).toEqual(['drift', ['veth0']]);
    expect(renderStatus(state, { width: 80, color: false, confFolder: '' })).toContain(
      "Missing ports:\n  veth0, guest VM1: in no bridge; the guest's XML names br0\n",
    );
    expect((await world.all()).status).toBe(0);
    expect(verdict((await world.plan()).state)).toBe('ok');
  });

  test('is as it was before where the kernel refuses its VLANs, and is tried again', async () => {
    const world = lost(QUARANTINE);
    world.host.watch = (command) => {
      if (command.includes('vlan add')) throw new Refused('no memory');
    };
    const { status, summary } = await world.all();
    expect(status).toBe(1);
    expect(summary).toContain('port veth0 of guest VM1 did not get PVID 100, tagged 200: no memory.');
    expect([isPort(world), world.host.down.size]).toEqual([false, 0]);
    world.host.watch = () => undefined;
    expect((await world.all()).status).toBe(0);
    expect(vlansOf(world, 'veth0')).toBe('PVID 100, tagged 200');
  });
});

describe('a change that is rolled back while a hook waits for the lock', () => {
  test.each([
    ['vlan_filtering', (world: World) => world.start('VM1', GUESTS.VM1 ?? []), 'veth0', 'PVID 100'],
    ['bridge_init', (world: World) => world.bridgeInit(), 'eth0', 'PVID 1, tagged 10'],
  ])('does not come back by %s', async (name, run, port, vlans) => {
    const conf = {
      bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = 10\n',
      vlan_filtering: '[veth0]\nguest = VM1\npvid = 100\n',
    };
    const host = new SimulatedHost(
      [bridge('br0', { filtering: true })],
      [bridgePort('eth0', member(1)), bridgePort('veth0', member(1))],
    );
    const world = new World(host, conf, { VM1: GUESTS.VM1 ?? [] });
    const file = `${ROOT}/conf/${name}.conf`;
    const held = world.files[file] ?? '';
    world.files[file] = held.replace(/(pvid|tags) = (\d+)/, '$1 = 66');
    world.onLock = () => (world.files[file] = held);
    expect((await run(world)).status).toBe(0);
    expect(vlansOf(world, port)).toBe(vlans);
    expect(host.ran.join('\n')).not.toContain('66');
  });
});

test('a thousand ports take two reads and one batch', async () => {
  const taps = Array.from({ length: 1000 }, (_, n) => `vnet${n}`);
  const host = new SimulatedHost(
    [bridge('br0', { filtering: true })],
    taps.map((name) => bridgePort(name, member(1))),
  );
  const nics = taps.map((dev): Nic => ({ type: 'bridge', dev, bridge: 'br0' }));
  const world = new World(
    host,
    { vlan_filtering: '[all]\nguest = *\nbridge = br0\npvid = 7\n' },
    { VM1: nics },
  );
  expect((await world.all()).status).toBe(0);
  expect(host.processes).toBe(3);
  expect(host.kernel.vlansOf('vnet999').pvid).toBe(7 as Vid);
});
