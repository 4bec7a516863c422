import { join } from 'node:path';
import { bridgeInit } from '../../../lib/plugins/bridge_init';
import { NOT_FOUND, succeeded, TIMED_OUT } from '../fake_host/exec_results';
import { expectGolden } from '../golden';
import { Refused } from '../fake_host/refused';
import { FakeHost } from '../fake_host/fake_host';
import { bridge, bridgePort, member } from '../model/host/host_parts';
import { BRIDGE_INIT_CONF as EXAMPLE } from '../../readme_confs';
import { byHand, exampleHost, freshHost, inPhase, runScenario, type Scenario } from './scenario';

const CONF = '/hooks/conf/bridge_init.conf';
const BOTH = `${EXAMPLE}[br1]\ntrunk-port = eth1\ntrunk-tags = 7\n`;

/** The start of the daemon on a host where nothing is set, less what is said. */
function starting(conf: string, more: Partial<Scenario> = {}): Scenario {
  return {
    host: freshHost(),
    files: { [CONF]: conf },
    call: inPhase(CONF, 'daemon', '-', 'start', '-'),
    ...more,
  };
}

function golden(name: string, text: string): void {
  expectGolden(join(__dirname, 'golden/bridge_init', `${name}.txt`), text);
}
const run = (scenario: Scenario): Promise<string> => runScenario(bridgeInit, scenario);

describe('bridges', () => {
  test('the example is set up; the second time all is right, and no command is run', async () => {
    const scenario = starting(EXAMPLE);
    const first = await run(scenario);
    const second = await run({ ...scenario, call: inPhase(CONF, 'network', 'lan', 'started', 'begin') });
    golden('example_twice', `${first}\n\n${second}`);
  });

  test.each([
    ['two_bridges', BOTH],
    ['missing_bridge', `[br7]\ntrunk-port = eth7\n${EXAMPLE}`],
    ['missing_trunk', `[br1]\ntrunk-port = eth7, en*\ntrunk-tags = 5\n${EXAMPLE}`],
    ['trunk_of_another_bridge', `[br0]\ntrunk-port = eth1\ntrunk-tags = 5\nbr-tags = 6\n`],
    ['trunks_by_pattern', '[br0]\ntrunk-port = eth* vnet?\ntrunk-tags = 5\n'],
    [
      'all_settings',
      '[br0]\nbr-tags = 7\ndefault-pvid = none\nvlan-protocol = 802.1ad\nvlan-filtering = no\n',
    ],
    ['default_pvid_moves_nobody', '[br0]\ndefault-pvid = 9\n'],
    ['nothing_is_wished', '[br0]\nvlan-filtering = no\n'],
    [
      'automatic_trunk',
      '[br0]\ntrunk-port = eth0\ntrunk-tags = auto\ntrunk-tags-always = 9\nbr-tags = 200\n',
    ],
    ['no_section', '# nothing yet\n'],
  ])('%s', async (name, conf) => {
    golden(name, await run(starting(conf)));
  });

  test('a bridge that filters already keeps its default PVID: that is told, the rest is done', async () => {
    const conf = `${EXAMPLE}default-pvid = none\n`.replace('100 200 300', '100 200');
    golden('default_pvid_too_late', await run(starting(conf, { host: exampleHost() })));
  });

  describe('a change that would disconnect the host', () => {
    const CUTS = `[br0]\ntrunk-port = eth0\ntrunk-tags = 100\nbr-pvid = 9\n${BOTH.replace(EXAMPLE, '')}`;
    const reached = () => freshHost({ br0: '192.0.2.1' });

    test.each([
      ['is not made, and the other bridges are done', 'cut_off', CUTS, {}],
      [
        'is not made where the real uplink is no trunk',
        'cut_off_wrong_trunk',
        CUTS.replace('eth0', 'ens3'),
        {},
      ],
      ['is made where conf says so', 'cut_off_allowed', CUTS.replace('9\n', '9\nallow-cut-off = yes\n'), {}],
      ['is made by hand with --force', 'cut_off_forced', CUTS, { call: byHand(CONF, '-', { force: true }) }],
      ['is told in a dry run', 'cut_off_dry_run', CUTS, { call: byHand(CONF, '-', { dryRun: true }) }],
    ])('%s', async (_, name, conf, more) => {
      golden(name, await run(starting(conf, { host: reached(), ...more })));
    });
  });

  test('filtering is turned off before anything is deleted', async () => {
    const conf = '[br0]\ntrunk-port = eth0\ntrunk-tags = 100\nvlan-filtering = no\n';
    golden('filtering_off', await run(starting(conf, { host: exampleHost() })));
  });
});

describe('what is wrong about one bridge', () => {
  test.each([
    ['conf_wrong', `${BOTH}default-pvid = 5000\n`],
    ['conf_unknown_key', `${BOTH}trunk = eth1\n`],
    // [br1] does not set it itself.
    ['conf_default_wrong', `[DEFAULT]\nbr-tags = 5000\n${BOTH}`],
  ])('does not stop another: %s', async (name, conf) => {
    const scenario = starting(conf);
    golden(name, await run(scenario));
    const { kernel } = scenario.host;
    expect([kernel.isFiltering('br0'), kernel.isFiltering('br1')]).toEqual([true, false]);
  });

  test('is a warning where it stands in [DEFAULT] and no bridge inherits it', async () => {
    const scenario = starting(`[DEFAULT]\nbr-tags = 5000\n${BOTH}br-tags = 5\n`);
    const outcome = await run(scenario);
    expect(outcome).toMatch(/^status 0: /);
    expect(outcome).toMatch(/warning: .*bridge_init\.conf:2: \[DEFAULT\] br-tags = 5000: /);
    expect(scenario.host.kernel.isFiltering('br1')).toBe(true);
  });
});

describe('nothing is asked of the kernel, and nothing changed', () => {
  test.each([
    ['conf_header_broken', starting(BOTH.replace('[br1]', '[br1'))],
    ['conf_missing', starting('', { files: {} })],
    ['lone_file', starting(BOTH, { call: byHand(CONF, 'other.conf') })],
    ['not_root', starting(BOTH, { isRoot: false, call: byHand(CONF, 'start') })],
    ['session', starting(BOTH, { isRoot: false })],
    ['locked', starting(BOTH, { isLocked: true })],
  ])('%s', async (name, scenario) => {
    golden(name, await run(scenario));
    expect(scenario.host.processes).toBe(0);
    expect(scenario.host.ran).toEqual([]);
  });

  test('a dry run asks only, takes no lock, and needs no root', async () => {
    const scenario = starting(BOTH, { call: byHand(CONF, '-', { dryRun: true }), isRoot: false });
    golden('dry_run', await run(scenario));
    expect(scenario.host.ran).toEqual([]);
  });
});

describe('what goes wrong outside', () => {
  const refuse = (pattern: RegExp, message: string) => (command: string) => {
    if (pattern.test(command)) throw new Refused(message);
  };

  test('an add fails: filtering stays off, nothing is deleted, the other bridge is done', async () => {
    const scenario = starting(BOTH);
    scenario.host.watch = refuse(/eth0 vid 200/, 'RTNETLINK answers: No space left on device');
    await run(scenario);
    const { ran, kernel } = scenario.host;
    expect(ran.filter((line) => line.includes('br0') && line.includes('vlan_filtering'))).toEqual([]);
    expect(ran.filter((line) => line.includes(' del '))).toEqual([]);
    expect([kernel.isFiltering('br0'), kernel.isFiltering('br1')]).toEqual([false, true]);
  });

  /** bridge_init for one bridge that does not filter yet, whose trunk has VLANs 7 and 9 too many. */
  function withTooMany(pattern: RegExp): Promise<string> {
    const host = new FakeHost({ bridges: [bridge('br0')], ports: [bridgePort('eth0', member(1, 7, 9))] });
    host.watch = refuse(pattern, 'RTNETLINK answers: Operation not permitted');
    return run(starting('[br0]\ntrunk-port = eth0\ntrunk-tags = 5\n', { host }));
  }

  test('a command that was not tried is not told as run', async () => {
    expect(await withTooMany(/vid 5/)).not.toContain('ran ip link set dev br0 type bridge vlan_filtering 1');
  });

  test('it is not said that nothing was deleted where something was', async () => {
    const text = await withTooMany(/del dev eth0 vid 9/);
    expect(text).toContain('  bridge vlan del dev eth0 vid 7\n');
    expect(text).not.toContain('nothing was deleted');
  });

  test('filtering cannot be turned on: nothing is deleted', async () => {
    const host = new FakeHost({ bridges: [bridge('br0')], ports: [bridgePort('eth0', member(1, 9))] });
    host.watch = refuse(/vlan_filtering/, 'RTNETLINK answers: Operation not supported');
    await run(starting(EXAMPLE, { host }));
    expect(host.ran.filter((line) => line.includes(' del '))).toEqual([]);
    expect(host.kernel.vlansOf('eth0').vlans.has(9 as never)).toBe(true);
  });

  test('the last command fails', async () => {
    const host = new FakeHost({ bridges: [bridge('br0')], ports: [bridgePort('eth0', member(1, 9))] });
    host.watch = refuse(/ del /, 'RTNETLINK answers: Operation not permitted');
    golden('the_last_command_fails', await run(starting(EXAMPLE, { host })));
  });

  test('the trunk vanishes before the commands', async () => {
    const scenario = starting(BOTH);
    scenario.host.replace = (_, nth) => (nth > 2 ? void scenario.host.kernel.remove('eth0') : undefined);
    const text = await run(scenario);
    expect(text).toMatch(
      /^status 1: bridge br0: `bridge vlan add dev eth0 .*` failed: Cannot find device "eth0"/,
    );
    expect(scenario.host.kernel.isFiltering('br1')).toBe(true);
  });

  test('somebody else takes a VLAN away meanwhile: it is told', async () => {
    const scenario = starting(BOTH);
    scenario.host.watch = (command, kernel) => {
      if (command.includes('dev br1 type')) kernel.runBridge(['vlan', 'del', 'dev', 'eth0', 'vid', '200']);
    };
    golden('changed_by_others', await run(scenario));
  });

  test.each([
    ['bridge_not_found', /^bridge/, 1, NOT_FOUND],
    ['ip_times_out', /^ip/, 1, TIMED_OUT],
    ['garbage_is_read', /^ip/, 1, succeeded('Error')],
    ['garbage_after_the_commands', /^bridge -j/, 4, succeeded('[]\n{"\n')],
  ])('%s', async (name, process, from, result) => {
    const scenario = starting(BOTH);
    scenario.host.replace = (words, nth) => (process.test(words) && nth >= from ? result : undefined);
    golden(name, await run(scenario));
    expect(scenario.host.ran.at(-1)).toBe('unlock');
  });

  test('a step times out: the lock is given back', async () => {
    const scenario = starting(EXAMPLE);
    scenario.host.replace = (words) => (words === 'ip -batch -' ? TIMED_OUT : undefined);
    const text = await run(scenario);
    expect(text).toMatch(
      /^status 1: bridge br0: `ip link set dev br0 type bridge vlan_filtering 1` failed: timed out after 10 s\./,
    );
    expect(scenario.host.ran.at(-1)).toBe('unlock');
  });
});
