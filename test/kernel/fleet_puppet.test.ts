import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BRIDGE_INIT_CONF, EXAMPLE_TABLE, VLAN_FILTERING_CONF } from './example_switch';
import { describeTool } from './fleet/describe_tool';
import { openFleetHost, type FleetHost } from './fleet/fleet_host';
import type { RunResult } from './kernel';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

const EXAMPLE = join(repositoryRoot(), 'docs/examples/puppet');
const HEADER = '# Managed by Puppet.\n\n';

/** Of `puppet apply --detailed-exitcodes`. */
const NOTHING_TO_DO = 0;
const CHANGED = 2;
const FAILED = 4;

describeTool('puppet', "Puppet's class, on the example of its site.pp", (kernel) => {
  let host: FleetHost;

  beforeAll(async () => {
    host = await openFleetHost(kernel);
  });
  afterAll(() => host.stop());
  beforeEach(() => host.forget());

  /** Applies site.pp after `edit`. */
  const puppet = (edit = (text: string) => text): Promise<RunResult> => {
    const { folder, command, conf } = host;
    const places = `command => '${command}', conf => '${conf}', trial => '${folder}/trial', pending => '${folder}/pending.json',`;
    const manifest = edit(readFileSync(join(EXAMPLE, 'site.pp'), 'utf8'));
    const text = manifest.replace("class { 'kvmvlan':", `$&\n${places}`);
    const folders = ['confdir', 'vardir', 'rundir', 'logdir'].map((name) => `--${name}=${folder}/puppet`);
    const modules = `--modulepath=${join(EXAMPLE, 'modules')}`;
    return host.run('puppet', ['apply', ...folders, modules, '--detailed-exitcodes', '-e', text]);
  };
  const confs = () => [host.readConf('bridge_init'), host.readConf('vlan_filtering')];

  test('the first run changes the switch, the second nothing', async () => {
    const first = await puppet();
    expect({
      status: first.status,
      errors: /^.*Error: (?!Facter).*$/m.exec(first.stdout + first.stderr),
    }).toEqual({
      status: CHANGED,
      errors: null,
    });
    expect(confs()).toEqual([HEADER + BRIDGE_INIT_CONF, HEADER + VLAN_FILTERING_CONF.replaceAll(',', ' ')]);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    host.forget();
    const second = await puppet();
    expect(second.status).toBe(NOTHING_TO_DO);
    expect(host.events).toEqual(['kvmvlan plan --json']);
  });

  test.each([
    ['a bad VID', "'pvid' => 300", "'pvid' => 4095", 'vlan_filtering.conf:'],
    ['a conf that disconnects the host', "'br-pvid' => 1", "'br-pvid' => 999", 'disconnects-host'],
  ])('%s fails the run and changes nothing', async (_, right, wrong, said) => {
    const before = confs();
    const { status, stdout, stderr } = await puppet((text) => text.replace(right, wrong));
    expect(status & FAILED).toBe(FAILED);
    expect(stdout + stderr).toContain(said);
    expect(confs()).toEqual(before);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect(host.events.filter((event) => event.includes('apply'))).toEqual([]);
  });

  test('a change that waits to be confirmed fails the run: nothing is written or applied', async () => {
    const pending = join(host.folder, 'pending.json');
    const before = confs();
    writeFileSync(pending, '{}');
    const edits = [(text: string) => text, (text: string) => text.replace("'pvid' => 300", "'pvid' => 200")];
    for (const edit of edits) {
      const { status, stdout, stderr } = await puppet(edit);
      expect(status & FAILED).toBe(FAILED);
      expect(stdout + stderr).toContain('An earlier change waits to be confirmed.');
      expect(confs()).toEqual(before);
      expect(host.events).toEqual([]);
    }
    rmSync(pending);
    expect((await puppet()).status).toBe(CHANGED);
    expect(confs()).toEqual(before);
  });

  test('drift on the host is undone', async () => {
    await succeed(kernel, 'bridge vlan add dev veth2 vid 77');
    expect((await puppet()).status).toBe(CHANGED);
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
  });
});
