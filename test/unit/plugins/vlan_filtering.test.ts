import { join } from 'node:path';
import { vlanFiltering } from '../../../lib/plugins/vlan_filtering';
import { fixture } from '../model/guest/fixtures';
import { KILLED, NOT_FOUND, succeeded, TIMED_OUT } from '../fake_host/exec_results';
import { expectGolden } from '../golden';
import { Refused } from '../fake_host/refused';
import { FakeHost } from '../fake_host/fake_host';
import { bridge, bridgePort, member } from '../model/host/host_parts';
import { byHand, exampleHost, inPhase, runScenario, type Scenario } from './scenario';

const CONF = '/hooks/conf/vlan_filtering.conf';
const BRIDGES = '/hooks/conf/bridge_init.conf';
const STATUS = '/run/libvirt/qemu/VM2.xml';

/** What conf wants of VM2, the guest of the fixtures. */
const VM2 = '[veth1]\nguest = VM2\npvid = 1\ntagged = 100 200\n[vnet0]\nguest = VM2\npvid = 300\n';
const AUTO = '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\n';
const start = inPhase(CONF, 'qemu', 'VM2', 'start', 'begin');

/** The start of VM2 on the example's host, less what is said. */
function starting(more: Partial<Scenario> = {}, conf = VM2): Scenario {
  return {
    host: exampleHost(),
    files: { [CONF]: conf },
    call: start,
    input: fixture('qemu_start_begin'),
    ...more,
  };
}

function golden(name: string, text: string): void {
  expectGolden(join(__dirname, 'golden/vlan_filtering', `${name}.txt`), text);
}
const run = (scenario: Scenario): Promise<string> => runScenario(vlanFiltering, scenario);

/** A status file of libvirt's. */
function status(name: string, dev: string): string {
  return `<domstatus state='running'><domain><name>${name}</name><devices><interface type='bridge'>
    <mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='${dev}'/></interface></devices></domain></domstatus>`;
}

describe('in a hook', () => {
  test('start gives the ports their VLANs; started finds them right, and runs no command', async () => {
    const scenario = starting();
    const first = await run(scenario);
    const call = inPhase(CONF, 'qemu', 'VM2', 'started', 'begin');
    const second = await run({ ...scenario, call, input: fixture('qemu_started_begin') });
    golden('start_and_started', `${first}\n\n${second}`);
  });

  test.each(['prepare', 'release', 'stopped'])('%s has no ports: nothing is asked', async (operation) => {
    const scenario = starting({ call: inPhase(CONF, 'qemu', 'VM2', operation, 'end') });
    expect(await run(scenario)).toMatch(/^status 0: nothing to do: no port of guest VM2 is to be set\n/);
    expect(scenario.host.processes).toBe(0);
  });

  test.each([
    [
      'found_by_what_they_are',
      '[a]\nguest = VM2\nmac = 52:54:00:00:02:01\npvid = 7\n[b]\nguest = VM?\nnetwork = lan\npvid = 8\n',
    ],
    ['flags', '[vnet0]\nguest = VM2\nmode = access\npvid = 300\nisolated = yes\nlearning = no\n'],
    ['no_section_for_the_guest', '[veth0]\nguest = VM1\n'],
    [
      'sections_that_come_to_nothing',
      '[veth1]\nguest = VM2\n[veth9]\nguest = VM2\n[all]\nguest = *\nnic = 1\n[late]\nguest = VM2\nnic = 1\n',
    ],
    ['interface_without_a_tap', '[x]\nguest = VM2\nnic = 3\n[veth1]\nguest = VM2\npvid = 5\n'],
    ['not_in_a_bridge', '[tapr0]\nguest = VM2\n[veth1]\nguest = VM2\npvid = 5\n'],
  ])('%s', async (name, conf) => {
    golden(name, await run(starting({}, conf)));
  });

  test('automatic trunks grow when a guest starts, and shrink when it has stopped', async () => {
    const scenario = starting({ files: { [CONF]: VM2, [BRIDGES]: AUTO } });
    const started = await run(scenario);
    for (const name of ['veth1', 'vnet0']) scenario.host.kernel.remove(name);
    const stopped = await run({ ...scenario, call: inPhase(CONF, 'qemu', 'VM2', 'stopped', 'end') });
    golden('automatic_trunk', `${started}\n\n${stopped}`);
  });

  test('when the daemon reloads all running guests are looked at', async () => {
    const host = exampleHost(['veth1', 'veth0']);
    const files = {
      [CONF]: '[veth0]\npvid = 5\n[veth1]\npvid = 6\n',
      [STATUS]: status('VM2', 'veth1'),
      '/run/libvirt/qemu/VM1.xml': status('VM1', 'veth0'),
      '/run/libvirt/qemu/broken.xml': '<domstatus',
    };
    golden('reload', await run({ host, files, call: inPhase(CONF, 'daemon', '-', 'reload', 'begin') }));
  });
});

describe('nothing is asked of the kernel, and nothing changed', () => {
  test.each([
    ['conf_wrong_for_the_guest', starting({}, `${VM2}tagged = 5000\n`)],
    ['conf_wrong_for_all', starting({}, `pvid = 5\n${VM2}`)],
    ['conf_missing', starting({ files: {} })],
    ['not_root', starting({ isRoot: false })],
    ['input_empty', starting({ input: '' })],
    ['input_is_no_guest', starting({ input: fixture('network_start_begin') })],
    ['input_cut_off', starting({ input: fixture('qemu_start_begin').slice(0, 900) })],
    ['name_that_is_no_name', { host: exampleHost(), files: { [CONF]: VM2 }, call: byHand(CONF, '../VM2') }],
  ])('%s', async (name, scenario) => {
    golden(name, await run(scenario));
    expect(scenario.host.processes).toBe(0);
  });
});

describe('what goes wrong outside', () => {
  const refuse = (pattern: RegExp, message: string) => (command: string) => {
    if (pattern.test(command)) throw new Refused(message);
  };

  test('a command that fails: the other port is still set', async () => {
    const scenario = starting();
    scenario.host.watch = refuse(/add dev veth1 vid 200/, 'RTNETLINK answers: No space left on device');
    golden('a_command_fails', await run(scenario));
  });

  test('the last command fails', async () => {
    const scenario = starting();
    scenario.host.watch = refuse(/del/, 'RTNETLINK answers: Operation not permitted');
    golden('the_last_command_fails', await run(scenario));
  });

  test('every command fails', async () => {
    const scenario = starting();
    scenario.host.watch = refuse(/./, 'RTNETLINK answers: Operation not supported');
    golden('every_command_fails', await run(scenario));
  });

  test('a port vanishes before the commands', async () => {
    const scenario = starting();
    scenario.host.replace = (_, nth) => (nth > 1 ? void scenario.host.kernel.remove('veth1') : undefined);
    golden('a_port_vanishes_before', await run(scenario));
  });

  test('a port vanishes after the commands', async () => {
    const scenario = starting();
    scenario.host.watch = (command, kernel) => {
      if (command.includes('del dev vnet0')) kernel.remove('veth1');
    };
    golden('a_port_vanishes_after', await run(scenario));
  });

  test('somebody else changes a port once: it is set again', async () => {
    const scenario = starting();
    let done = false;
    scenario.host.watch = (command, kernel) => {
      if (!done && command.includes('del dev vnet0'))
        kernel.runBridge(['vlan', 'add', 'dev', 'veth1', 'vid', '999']);
      done ||= command.includes('del dev vnet0');
    };
    golden('changed_once_by_others', await run(scenario));
  });

  test('somebody else changes a port all the time: it is told', async () => {
    const scenario = starting();
    scenario.host.watch = (command, kernel) => {
      kernel.runBridge(['vlan', 'add', 'dev', 'veth1', 'vid', '999']);
      if (command.includes('del dev veth1 vid 999'))
        throw new Refused('RTNETLINK answers: Device or resource busy');
    };
    golden('changed_always_by_others', await run(scenario));
    const again = starting();
    let vid = 1000;
    again.host.replace = () =>
      void again.host.kernel.runBridge(['vlan', 'add', 'dev', 'veth1', 'vid', String(vid++)]);
    golden('changed_between_the_runs_by_others', await run(again));
  });

  test.each([
    ['bridge_not_found', /^bridge/, 1, NOT_FOUND],
    ['ip_not_found', /^ip/, 1, NOT_FOUND],
    ['read_times_out', /^bridge/, 1, TIMED_OUT],
    ['garbage_is_read', /^bridge/, 1, succeeded('[{"ifname":"br0","vlans":[{"vlan":"\n[]\n')],
    ['nothing_is_read', /^bridge/, 1, succeeded('')],
    ['garbage_after_the_commands', /^bridge/, 2, succeeded('[{"ifname"\n[]\n')],
    ['vlans_that_cannot_be', /^bridge/, 1, succeeded('[{"ifname":"veth1","vlans":[{"vlan":4095}]}]\n[]\n')],
  ])('%s', async (name, process, from, result) => {
    const scenario = starting();
    scenario.host.replace = (words, nth) => (process.test(words) && nth >= from ? result : undefined);
    golden(name, await run(scenario));
  });

  test.each([
    ['timed out after 10 s', TIMED_OUT],
    ['killed by SIGKILL', KILLED],
  ])('setting is %s: every port is told', async (reason, result) => {
    const scenario = starting();
    scenario.host.replace = (words, nth) => (/^bridge/.test(words) && nth >= 2 ? result : undefined);
    const text = await run(scenario);
    expect(text).toContain(
      `status 1: port veth1 of guest VM2 did not get PVID 1, tagged 100,200: ${reason}. `,
    );
    expect(text).toContain(`error: port vnet0 of guest VM2 did not get PVID 300: ${reason}. `);
    expect(text).not.toContain('right already');
  });

  test.each([
    [
      'bridge_does_not_filter',
      new FakeHost({
        bridges: [bridge('br0')],
        ports: ['veth1', 'vnet0'].map((name) => bridgePort(name, member(1))),
      }),
    ],
    [
      'in_another_bridge',
      new FakeHost({
        bridges: [bridge('br0', { filtering: true }), bridge('br1', { filtering: true })],
        ports: [bridgePort('veth1', member(1), 'br1'), bridgePort('vnet0', member(1))],
      }),
    ],
    ['no_such_interface', exampleHost(['vnet0'])],
  ])('%s', async (name, host) => {
    golden(name, await run(starting({ host })));
  });

  test('the trunk cannot be set: the guest does not start', async () => {
    const host = new FakeHost({
      bridges: [bridge('br0', { filtering: true })],
      ports: ['eth0', 'veth1', 'vnet0'].map((name) => bridgePort(name, member(1))),
    });
    host.watch = refuse(/eth0/, 'RTNETLINK answers: Operation not permitted');
    golden('trunk_fails', await run(starting({ host, files: { [CONF]: VM2, [BRIDGES]: AUTO } })));
  });

  test("bridge_init's conf is broken: the ports are set, and it is told why trunks are left", async () => {
    const files = { [CONF]: VM2, [BRIDGES]: `${AUTO}trunk-pvid = x\n` };
    golden('bridge_init_conf_broken', await run(starting({ files })));
  });

  test("bridge_init's conf is broken in another section: automatic trunks grow, and nothing is taken from them", async () => {
    const host = new FakeHost({
      bridges: [bridge('br0', { filtering: true, vlans: member(1, 200) })],
      ports: [
        bridgePort('eth0', member(1, 50, 300)),
        ...['veth1', 'vnet0'].map((name) => bridgePort(name, member(1))),
      ],
    });
    const files = { [CONF]: VM2, [BRIDGES]: `${AUTO}[br9]\nbr-tags = x\n` };
    golden('automatic_trunk_conf_broken', await run(starting({ host, files })));
  });

  test("a port whose name a batch would read as another port's gets its VLANs, the other does not", async () => {
    const ports = ['eth0', '"eth0"', 'eth0#x'].map((name) => bridgePort(name, member(1)));
    const interfaces = ports.map(
      ({ name }) => `<interface type='bridge'><target dev='${name}'/></interface>`,
    );
    const input = `<domain><name>VM2</name><devices>${interfaces.slice(1).join('')}</devices></domain>`;
    const host = new FakeHost({ bridges: [bridge('br0', { filtering: true })], ports });
    const conf = '[y]\nguest = VM2\nnic = 0\npvid = 7\n[z]\nguest = VM2\nnic = 1\npvid = 7\n';
    golden('name_for_no_batch', await run(starting({ host, input }, conf)));
    expect(host.kernel.vlansOf('eth0').pvid).toBe(1);
    expect(['"eth0"', 'eth0#x'].map((name) => host.kernel.vlansOf(name).pvid)).toEqual([7, 7]);
  });

  test('the lock is held by another run: nothing is changed', async () => {
    golden('locked', await run(starting({ files: { [CONF]: VM2, [BRIDGES]: AUTO }, isLocked: true })));
  });
});

describe('by hand', () => {
  const files = { [CONF]: VM2, [STATUS]: status('VM2', 'veth1') };

  test('a guest that runs', async () => {
    golden('by_hand', await run({ host: exampleHost(), files, call: byHand(CONF, 'VM2') }));
  });

  test('a dry run changes nothing, and needs no root', async () => {
    const host = exampleHost();
    golden(
      'dry_run',
      await run({
        host,
        files,
        call: byHand(CONF, 'VM2', { dryRun: true }),
        isRoot: false,
      }),
    );
    expect(host.ran).toEqual([]);
  });

  test('a dry run plans automatic trunks for the VLANs that the ports will have', async () => {
    const host = new FakeHost({
      bridges: [bridge('br0', { filtering: true })],
      ports: [bridgePort('eth0', member(1, 100, 400)), bridgePort('veth1', member(1))],
    });
    const call = byHand(CONF, 'VM2', { dryRun: true });
    golden('dry_run_of_automatic_trunks', await run({ host, files: { ...files, [BRIDGES]: AUTO }, call }));
  });

  test('a guest that does not run', async () => {
    golden(
      'by_hand_not_running',
      await run({ host: exampleHost([]), files: { [CONF]: VM2 }, call: byHand(CONF, 'VM2') }),
    );
  });

  test('a guest that does not run: the port is another guest\u2019s by now', async () => {
    const others = { [CONF]: VM2, '/run/libvirt/qemu/VM3.xml': status('VM3', 'vnet0') };
    golden(
      'by_hand_port_of_another',
      await run({ host: exampleHost(['vnet0']), files: others, call: byHand(CONF, 'VM2') }),
    );
  });

  test('a name that a shell would run is quoted in what is told to be typed', async () => {
    const name = "$(reboot) it's";
    const scenario = { host: exampleHost([]), files: { [CONF]: `[veth1]\nguest = ${name}\n` } };
    const told = await run({ ...scenario, call: byHand(CONF, name) });
    expect(told).toContain("`virsh domiflist '$(reboot) it'\\''s'` lists");
  });

  test('all guests: one with a broken section does not stop the others', async () => {
    const conf = '[veth1]\nguest = VM2\npvid = 5000\n[vnet0]\nguest = VM1\npvid = 5\n';
    const all = {
      [CONF]: conf,
      [STATUS]: status('VM2', 'veth1'),
      '/run/libvirt/qemu/VM1.xml': status('VM1', 'vnet0'),
    };
    golden(
      'all_guests',
      await run({ host: exampleHost(), files: all, call: byHand(CONF, '-', { all: true }) }),
    );
  });
});
