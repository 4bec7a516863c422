import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BRIDGE_INIT_CONF, EXAMPLE_TABLE, VLAN_FILTERING_CONF } from './example_switch';
import { describeTool } from './fleet/describe_tool';
import { openFleetHost, type FleetHost } from './fleet/fleet_host';
import { HOOKS } from './hooks';
import type { RunResult } from './kernel';
import { KVMVLAN } from './kvmvlan';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

const EXAMPLE = join(repositoryRoot(), 'docs/examples/ansible');
const HEADER = '#\n# Ansible managed\n#\n\n';

/** Sections of bridge_init.conf that put the host into a VLAN that no trunk carries. */
const CUTTING = [{ name: 'br0', 'trunk-port': 'eth0', 'trunk-tags': [100, 200, 300], 'br-pvid': 999 }];

/** Ansible loses its connection while no frame from outside reaches the host. */
const THROUGH_BRIDGE = { ansible_connection: 'through_bridge' };

describeTool('ansible-playbook', 'the Ansible role, on the example of its inventory', (kernel) => {
  let host: FleetHost;

  beforeAll(async () => {
    host = await openFleetHost(kernel);
  });
  afterAll(() => host.stop());
  beforeEach(() => host.forget());

  const play = (vars: object = {}, ...options: string[]): Promise<RunResult> =>
    ansible('ansible-playbook', vars, [...options, join(EXAMPLE, 'site.yml')]);
  const ansible = (program: string, vars: object, words: string[]): Promise<RunResult> => {
    const { folder } = host;
    const extra = {
      ansible_connection: 'local',
      ansible_python_interpreter: '/usr/bin/python3',
      ansible_become: false,
      ansible_async_dir: join(folder, 'async'),
      kvmvlan_command: host.command,
      kvmvlan_conf: host.conf,
      kvmvlan_trial_parent: folder,
      ...vars,
    };
    const args = ['-i', join(EXAMPLE, 'inventory.yml'), '-e', JSON.stringify(extra), ...words];
    return host.run(program, args, {
      ANSIBLE_CONNECTION_PLUGINS: join(repositoryRoot(), 'test/kernel/fleet/connection'),
      ANSIBLE_HOME: join(folder, 'ansible'),
      ANSIBLE_LOCAL_TEMP: join(folder, 'ansible/tmp'),
      ANSIBLE_REMOTE_TEMP: join(folder, 'ansible/tmp'),
      ANSIBLE_PIPELINING: '1',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_FORCE_COLOR: '0',
      PYTHONDONTWRITEBYTECODE: '1',
    });
  };
  /** The counts of the last line of a play. */
  const recap = ({ stdout, stderr }: RunResult): Record<string, number> => {
    const [, counts] = /^kvm1\.example\.net +: (.*)$/m.exec(stdout) ?? [];
    if (counts === undefined) throw new Error(`no recap in:\n${stdout}${stderr}`);
    return Object.fromEntries(
      [...counts.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', count]) => [name, Number(count)]),
    );
  };
  const confs = () => [host.readConf('bridge_init'), host.readConf('vlan_filtering')];
  const kvmvlanCalls = () => host.events.filter((event) => event.startsWith('kvmvlan'));

  test('--check --diff shows the conf and the commands, and changes nothing', async () => {
    const before = [await vlanTable(kernel), ...confs()];
    const shown = await play({}, '--check', '--diff');
    expect(recap(shown)).toMatchObject({ changed: 2, failed: 0, unreachable: 0 });
    expect(shown.stdout).toContain('\n+trunk-tags = 100 200 300\n');
    expect(shown.stdout).toContain('bridge vlan add dev veth0 vid 100 pvid untagged');
    expect([await vlanTable(kernel), ...confs()]).toEqual(before);
    expect(kvmvlanCalls()).toEqual([expect.stringMatching(/^kvmvlan --root \/kvmvlan\.\w+ plan --json$/)]);
  });

  test('the first run changes the switch; it confirms over a connection that it opened after the change', async () => {
    const run = await play(THROUGH_BRIDGE);
    expect(recap(run)).toMatchObject({ changed: 2, failed: 0, unreachable: 0 });
    expect(confs()).toEqual([HEADER + BRIDGE_INIT_CONF, HEADER + VLAN_FILTERING_CONF.replaceAll(',', ' ')]);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect((await kernel.run('cat /var/lib/kvmvlan/pending.json')).status).not.toBe(0);
    expect(await succeed(kernel, `cat ${HOOKS}/applied/*`)).toContain('Ansible managed');
    const confirm = host.events.indexOf('kvmvlan confirm');
    const reset = host.events.lastIndexOf('reset', confirm);
    expect(host.events[confirm - 1]).toBe('reach');
    expect(reset).toBeGreaterThan(host.events.indexOf('kvmvlan apply --yes --json --confirm 120'));
    expect(readdirSync(host.folder).filter((name) => name.startsWith('kvmvlan.'))).toEqual([]);
  });

  test('the second run changes nothing', async () => {
    expect(recap(await play())).toMatchObject({ changed: 0, failed: 0, unreachable: 0 });
    expect(kvmvlanCalls()).toEqual([expect.stringContaining(' plan --json')]);
  });

  test('the local fact is the state of the switch, also if it drifts', async () => {
    await succeed(kernel, 'bridge vlan add dev veth2 vid 77');
    const facts = join(host.folder, 'facts.d');
    mkdirSync(facts);
    const fact = readFileSync(join(EXAMPLE, 'kvmvlan.fact'), 'utf8');
    const own = fact.replace(/^\/etc\S+/m, host.command);
    writeFileSync(join(facts, 'kvmvlan.fact'), own, { mode: 0o755 });
    const shown = await ansible('ansible', {}, [
      'kvm1.example.net',
      ...['-m', 'setup', '-a', `gather_subset=!all,!min,local fact_path=${facts}`],
    ]);
    const { ansible_facts } = JSON.parse(shown.stdout.replace(/^.* => /, '')) as {
      ansible_facts: { ansible_local: { kvmvlan: { status: string } } };
    };
    expect(ansible_facts.ansible_local.kvmvlan.status).toBe('drift');
    await succeed(kernel, `${KVMVLAN} apply --yes`);
  });

  test('a bad VID fails the play before anything is changed', async () => {
    const before = confs();
    const ports = [{ name: 'veth0', guest: 'VM1', pvid: 4095 }];
    const run = await play({ kvmvlan_ports: ports });
    expect(run.status).toBe(2);
    expect(recap(run)).toMatchObject({ changed: 0, failed: 1, unreachable: 0 });
    expect(run.stdout.replace(/\s+/g, ' ')).toMatch(
      /Nothing has been changed\. .*vlan_filtering\.conf:7: .*4095/,
    );
    expect(confs()).toEqual(before);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect(kvmvlanCalls()).toEqual([expect.stringContaining(' plan --json')]);
  });

  test('a conf that disconnects the host is rolled back, and fails the play', async () => {
    const before = confs();
    const run = await play({ ...THROUGH_BRIDGE, kvmvlan_bridges: CUTTING, kvmvlan_confirm_seconds: 20 });
    expect(recap(run)).toMatchObject({ failed: 1, unreachable: 0, rescued: 1 });
    expect(run.stdout).toMatch(
      /Confirm: .*nothing waits to be confirmed.*was rolled back at .*bridge_init\.conf\.rejected/,
    );
    expect(host.events).toContain('kvmvlan apply --yes --json --confirm 20');
    expect(confs()).toEqual(before);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect(existsSync(join(host.conf, 'bridge_init.conf.rejected'))).toBe(true);
    expect((await kernel.run(`${KVMVLAN} status`)).status).toBe(0);
  });
});
