import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until';
import { HOST, LAN, VLAN, VLAN_LEASE } from './addresses';
import { BRIDGE, NIC } from './cards';
import { describeLab } from './describe_lab';
import { Probe } from './interruption';
import { whenLabIsUp } from './lab';
import { LAB_FOLDER } from './lab_folder';
import { guest, leaseOf, startGuestOn } from './lab_guest';
import { snapshotOfNetwork } from './network_snapshot';
import { nameOf, scenarios, waitUntilReachable, whenConfigured, type Scenario } from './scenarios';
import { SshSession } from './ssh_session';

describeLab('the lab', (machine) => {
  const must = (script: string): Promise<string> => machine().must(script);

  test.each(scenarios.map((scenario) => [nameOf(scenario), scenario] as const))(
    '%s: the manager brings up what is configured, and the host is reached from outside',
    async (_, scenario) => {
      await whenConfigured(machine(), scenario);
      const { links, rules } = await snapshotOfNetwork(machine());
      if (scenario.kind !== 'static') return;
      expect(links[`${NIC}.${VLAN}`]).toMatchObject({ below: NIC, vid: VLAN });
      await must(`ping -q -c 1 -W 5 ${LAN.remote}; ping -q -c 1 -W 5 -I ${HOST.inVlan} ${LAN.gatewayInVlan}`);
      if (scenario.manager !== 'netplan-NetworkManager')
        expect(rules).toContainEqual(expect.stringContaining(`src ${HOST.second4} table 100`));
    },
  );

  describe('a host with static addresses', () => {
    const scenario: Scenario = { manager: 'systemd-networkd', kind: 'static' };
    beforeEach(() => whenConfigured(machine(), scenario));

    test('a session of ssh runs commands, and outlives an interruption that is measured', async () => {
      const session = await SshSession.open(machine(), HOST.ssh4);
      expect(await session.run('echo "$SSH_CONNECTION" | cut -d " " -f 1,3; false')).toEqual({
        status: 1,
        stdout: `${LAN.client4} ${HOST.ssh4}\n`,
        stderr: '',
      });
      const probe = await Probe.start(machine(), [HOST.ssh4, HOST.ssh6]);
      const cut = (state: number) => must(`bridge -n lan link set dev wire0 state ${state}`);
      await cut(0);
      await sleep(3_000);
      await cut(3);
      expect(await session.isAlive()).toBe(true);
      const silent = await probe.stop();
      for (const name of ['ssh', HOST.ssh4, HOST.ssh6]) {
        expect(silent[name]).toBeGreaterThan(2_500);
        expect(silent[name]).toBeLessThan(15_000);
      }
    });

    test('a session that is killed takes with it what runs in it', async () => {
      const session = await SshSession.open(machine(), HOST.ssh6);
      await session.type('sleep 4713');
      const runs = async (): Promise<boolean> => (await machine().run('pgrep -f "^sleep 4713"')).status === 0;
      await until('it runs', runs);
      await session.kill();
      await until('it is gone', async () => !(await runs()));
      expect(await session.isAlive()).toBe(false);
    });

    test('snapshots of the network are the same until something changes', async () => {
      const before = await snapshotOfNetwork(machine());
      await sleep(1_000);
      expect(await snapshotOfNetwork(machine())).toEqual(before);
      await must(`touch /etc/systemd/network/20-${NIC}.network; ip addr add 192.0.2.99/24 dev ${NIC}`);
      const after = await snapshotOfNetwork(machine());
      expect(after.files).not.toEqual(before.files);
      expect(after.routes).not.toEqual(before.routes);
      expect(after.links[NIC]?.addresses).toContain('192.0.2.99/24 global');
    });

    test('it has the same network after a reboot', async () => {
      const before = await snapshotOfNetwork(machine());
      await machine().reboot();
      await waitUntilReachable(machine(), scenario);
      expect(await snapshotOfNetwork(machine())).toEqual(before);
    });

    test('the switch outside blocks the port of a bridge, as long as it is one', async () => {
      await must(
        `systemd-run --quiet --collect --unit=port-security python3 ${LAB_FOLDER}/port_security.py ${NIC}
         ip link add ${BRIDGE} up type bridge; ip link set ${NIC} master ${BRIDGE}`,
      );
      const wire = () => must('bridge -n lan -j link show dev wire0');
      await until('it blocks', async () => (await wire()).includes('"state":"disabled"'));
      await must(`ip link del ${BRIDGE}`);
      await until('it forwards', async () => (await wire()).includes('"state":"forwarding"'));
      await waitUntilReachable(machine(), scenario);
    });
  });

  test('a guest in VLAN 200 gets its address there', async () => {
    await whenLabIsUp(machine());
    await must(
      `ip link add ${BRIDGE} up type bridge vlan_filtering 1; ip link set ${NIC} master ${BRIDGE} up
       bridge vlan add dev ${NIC} vid ${VLAN}`,
    );
    await startGuestOn(machine(), BRIDGE);
    await must(
      `bridge vlan del dev ${guest.tap} vid 1; bridge vlan add dev ${guest.tap} vid ${VLAN} pvid untagged`,
    );
    expect(await leaseOf(machine())).toMatch(VLAN_LEASE);
  });
});
