import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Watch, type Moment } from '../watch';
import { hooks } from '../installed';
import type { Machine } from '../machine';
import { until } from '../until';
import { isFiltering, vlansOf } from '../vlans';
import { VLAN, VLAN_LEASE } from './addresses';
import { asSeenThrough, ownAddresses } from './as_seen';
import { BRIDGE } from './cards';
import { CONFIRM, create, LONG, remove, UNDO, UNDO_TIMERS } from './commands';
import { Probe } from './interruption';
import { guest, leaseOf, startGuestOn } from './lab_guest';
import { LAB_FOLDER } from './lab_folder';
import { managers } from './managers';
import type { Course } from './matrix';
import { globalAddresses, snapshotOfNetwork, type NetworkSnapshot } from './network_snapshot';
import { nameOf, portOf, stateOf, waitUntilReachable, whenConfigured, type Scenario } from './scenarios';
import { SshSession } from './ssh_session';

/** A host of a scenario, with nothing done to it yet. */
interface Host {
  readonly machine: Machine;
  readonly scenario: Scenario;
  readonly port: string;
  /** Its network at the beginning. */
  readonly before: NetworkSnapshot;
}

async function configured(machine: Machine, scenario: Scenario): Promise<Host> {
  await whenConfigured(machine, scenario);
  return { machine, scenario, port: portOf(scenario), before: await snapshotOfNetwork(machine) };
}

const addressOf = ({ before, port }: Host): string => globalAddresses(before, port)[0] ?? '';

/** The bridge has taken over what its port had; what configures the host is still untouched. */
async function expectMoved(host: Host): Promise<void> {
  const { machine, scenario, port, before } = host;
  const now = await waitUntilReachable(machine, scenario, BRIDGE);
  expect(asSeenThrough(now, BRIDGE)).toEqual(asSeenThrough(before, port));
  expect(now.links[port]).toMatchObject({ master: BRIDGE });
  expect(ownAddresses(now, port)).toEqual([]);
  expect(now.links[BRIDGE]).toMatchObject({ isFiltering: true });
}

/**
 * A person logs in from outside and creates the bridge. The session survives it, what configures the host is untouched, and
 * the interruption is printed: on two busy processors without KVM it is longer than on a real host.
 */
async function tried(machine: Machine, scenario: Scenario): Promise<Host> {
  const host = await configured(machine, scenario);
  await machine.prepared(stateOf(scenario, '-tried'), async () => {
    const session = await SshSession.open(machine, addressOf(host));
    const probe = await Probe.start(machine, globalAddresses(host.before, host.port));
    const created = await session.run(create(host.port, LONG));
    expect(created).toMatchObject({ status: 0 });
    expect(await session.isAlive()).toBe(true);
    await expectMoved(host);
    process.stdout.write(`${nameOf(scenario)}: silent for ms: ${JSON.stringify(await probe.stop())}\n`);
    expect((await snapshotOfNetwork(machine)).files).toEqual(host.before.files);
  });
  return host;
}

/** The files in /run, without those that netplan makes of its own in /etc. */
function trialOf({ trialFiles }: NetworkSnapshot): [path: string, text: string][] {
  return Object.entries(trialFiles).filter(([path]) => !/\/(10-)?netplan-[^/]+$/.test(path));
}

/** Confirmed in a new session. */
async function confirmed(machine: Machine, scenario: Scenario): Promise<Host> {
  const host = await tried(machine, scenario);
  await machine.prepared(stateOf(scenario, '-confirmed'), async () => {
    const session = await SshSession.open(machine, addressOf(host));
    expect(await session.run(CONFIRM)).toMatchObject({ status: 0 });
    await expectMoved(host);
    const now = await snapshotOfNetwork(machine);
    expect(trialOf(now)).toEqual(trialOf(host.before));
    expect(now.hidden).toEqual(host.before.hidden);
  });
  return host;
}

/** Nothing is left of the change. */
async function expectAsBefore({ machine, scenario, before }: Host): Promise<void> {
  await until(`${BRIDGE} is gone`, async () => !(BRIDGE in (await snapshotOfNetwork(machine)).links));
  await waitUntilReachable(machine, scenario);
  // VLAN interfaces may come last.
  let now = await snapshotOfNetwork(machine);
  for (let tries = 0; tries < 10 && !isDeepStrictEqual(now, before); tries += 1) {
    await sleep(2_000);
    now = await snapshotOfNetwork(machine);
  }
  expect(now).toEqual(before);
  expect(await machine.must(UNDO_TIMERS)).toBe('');
  expect((await machine.run(CONFIRM)).status).not.toBe(0);
}

/** The guest of the lab in VLAN 200, as its users write that. */
async function runGuest({ machine, port }: Host): Promise<void> {
  await machine.write(
    `${hooks}/conf/bridge_init.conf`,
    `[${BRIDGE}]\ntrunk-port = ${port}\ntrunk-pvid = 1\ntrunk-tags = ${VLAN}\nbr-pvid = 1\nbr-tags = ${VLAN}\n`,
  );
  await machine.write(
    `${hooks}/conf/vlan_filtering.conf`,
    `[${guest.tap}]\nguest = ${guest.name}\npvid = ${VLAN}\n`,
  );
  await machine.must('kvmvlan apply --yes');
  await startGuestOn(machine, BRIDGE);
  expect(await leaseOf(machine)).toMatch(VLAN_LEASE);
}

/** Nothing but times of files may differ from the host of before. */
const withoutTimes = ({ files, ...others }: NetworkSnapshot) => ({
  ...others,
  files: Object.fromEntries(Object.entries(files).map(([path, { mode, text }]) => [path, { mode, text }])),
});

const isGuestWrong = ({ ports }: Moment): boolean => {
  const [pvid, vids] = ports[guest.tap] ?? [];
  return pvid !== VLAN || vids?.includes(1) === true;
};

export const courses: Readonly<Record<Course, (machine: Machine, scenario: Scenario) => Promise<void>>> = {
  async confirmed(machine, scenario) {
    const host = await confirmed(machine, scenario);
    const session = await SshSession.open(machine, addressOf(host));
    expect(await session.run(remove(LONG))).toMatchObject({ status: 0 });
    expect(await session.isAlive()).toBe(true);
    const again = await SshSession.open(machine, addressOf(host));
    expect(await again.run(CONFIRM)).toMatchObject({ status: 0 });
    const after = await waitUntilReachable(machine, scenario);
    expect(withoutTimes(after)).toEqual(withoutTimes(host.before));
  },

  async 'rebooted-after-confirm'(machine, scenario) {
    const host = await confirmed(machine, scenario);
    await machine.reboot();
    await expectMoved(host);
  },

  async unconfirmed(machine, scenario) {
    const host = await tried(machine, scenario);
    const [timer = ''] = (await machine.must(UNDO_TIMERS)).trim().split('\n');
    expect(timer).toMatch(/\.timer$/);
    // A timer that has elapsed is gone.
    await machine.must(`systemctl start ${timer.replace(/timer$/, 'service')}; systemctl stop ${timer}`);
    await expectAsBefore(host);
  },

  async undone(machine, scenario) {
    const host = await tried(machine, scenario);
    const session = await SshSession.open(machine, addressOf(host));
    expect(await session.run(UNDO)).toMatchObject({ status: 0 });
    await expectAsBefore(host);
    expect(await session.isAlive()).toBe(true);
  },

  async killed(machine, scenario) {
    const host = await configured(machine, scenario);
    const session = await SshSession.open(machine, addressOf(host));
    await session.type(create(host.port, 60));
    await until(`${BRIDGE} is there`, async () => (await machine.run(`ip link show ${BRIDGE}`)).status === 0);
    await machine.must("pkill -9 -f 'bridge create'");
    await session.kill();
    await expectAsBefore(host);
  },

  async 'rebooted-before-confirm'(machine, scenario) {
    const host = await tried(machine, scenario);
    await machine.reboot();
    await expectAsBefore(host);
  },

  async 'gateway-lost'(machine, scenario) {
    const host = await configured(machine, scenario);
    await machine.must(
      `systemd-run --quiet --collect --unit=port-security python3 ${LAB_FOLDER}/port_security.py ${host.port}`,
    );
    // Without its router the host has no DHCP server either, and the manager waits for one twice.
    const { status } = await machine.run(create(host.port, LONG), { timeoutMs: 400_000 });
    expect(status).toBe(1);
    await expectAsBefore(host);
  },

  async 'manager-restarted'(machine, scenario) {
    const host = await confirmed(machine, scenario);
    await runGuest(host);
    const watch = await Watch.start(machine, BRIDGE);
    for (const command of managers[scenario.manager].reload) await machine.must(`${command}; sleep 2`);
    const moments = await watch.stop();
    expect(moments.filter(isGuestWrong)).toEqual([]);
    await expectMoved(host);
    expect(await isFiltering(machine, BRIDGE)).toBe(true);
    expect(await vlansOf(machine, guest.tap)).toBe(`${VLAN} PVID Egress Untagged`);
  },
};
