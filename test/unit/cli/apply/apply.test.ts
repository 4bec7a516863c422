import { apply } from '../../../../lib/cli/apply/apply';
import { succeeded } from '../../fake_host/exec_results';
import { FakeHost, FREE } from '../../fake_host/fake_host';
import { Refused } from '../../fake_host/refused';
import { bridge, bridgePort, member } from '../../model/host/host_parts';
import { EXAMPLE } from '../example_hosts';
import { runCommand } from '../run_command';

test.each([
  ['0', '"0"'],
  ['', '""'],
  ['1e3', '"1e3"'],
  ['86401', '"86401"'],
  [['60', '60'], '"[\\"60\\",\\"60\\"]"'],
  [false, '"false"'],
])('no change without a rollback where %j is the time to confirm in', async (confirm, typed) => {
  expect(await runCommand(apply, { yes: true, confirm })).toEqual({
    status: 2,
    stdout: '',
    stderr: `--confirm expects seconds from 1 to 86400, not ${typed}. For example, use \`--confirm 60\`.\n`,
  });
});

describe('--json', () => {
  const args = { yes: true, json: true };
  const plain = {
    ...EXAMPLE,
    bridges: [bridge('br0')],
    ports: EXAMPLE.ports.map(({ name }) => bridgePort(name, member(1))),
    lock: FREE,
  };

  test('says whether it has changed anything, also by its exit status', async () => {
    const host = new FakeHost(plain);
    const first = await runCommand(apply, args, host);
    expect([first.status, first.stderr, JSON.parse(first.stdout)]).toEqual([
      0,
      '',
      {
        format: 1,
        status: 'applied',
        changed: true,
        comment: expect.stringMatching(/^applied with \d+ commands, and verified$/) as string,
        confirmUntil: null,
      },
    ]);
    const second = await runCommand(apply, args, host);
    expect([second.status, JSON.parse(second.stdout)]).toEqual([
      0,
      { format: 1, status: 'nothing', changed: false, comment: 'nothing to do', confirmUntil: null },
    ]);
  });

  test('a command that fails', async () => {
    const host = new FakeHost(plain);
    host.watch = (command) => {
      if (command.includes('vlan add dev veth0')) throw new Refused('no memory');
    };
    const { status, stdout, stderr } = await runCommand(apply, args, host);
    expect([status, JSON.parse(stdout)]).toMatchObject([1, { status: 'failed', changed: true }]);
    expect(stderr).toContain('no memory');
  });

  test('conf that is wrong, and nothing else to do', async () => {
    const vlan_filtering = `${EXAMPLE.confs.vlan_filtering}\n[veth9]\npvid = x\n`;
    const host = { ...EXAMPLE, confs: { ...EXAMPLE.confs, vlan_filtering }, lock: FREE };
    const { status, stdout } = await runCommand(apply, args, host);
    expect([status, JSON.parse(stdout)]).toMatchObject([2, { status: 'error', changed: false }]);
  });

  test('when it is rolled back', async () => {
    const before = Date.now();
    const host = new FakeHost(plain);
    host.replace = (line) => (line.startsWith('sh -c ') ? succeeded() : undefined);
    const { stdout } = await runCommand(apply, { ...args, confirm: '60' }, host);
    const { confirmUntil } = JSON.parse(stdout) as { confirmUntil: string };
    expect(Date.parse(confirmUntil) - before).toBeGreaterThanOrEqual(60_000);
  });

  test('never asks', async () => {
    expect(await runCommand(apply, { json: true }, plain)).toMatchObject({ status: 2, stdout: '' });
  });
});
