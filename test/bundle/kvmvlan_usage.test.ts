import { COMMANDS } from '../../lib/cli/commands';
import { KvmvlanHost, mounted } from './kvmvlan_host';

const ODD = '-odd "name"';
const host = new KvmvlanHost({
  'hooks/conf/vlan_filtering.conf': '',
  'hooks/conf/bridge_init.conf': '',
  [`run/libvirt/qemu/${ODD}.xml`]: `<domstatus state='running'><domain><name>${ODD}</name></domain></domstatus>`,
});
afterAll(() => host.remove());

const NAMES = COMMANDS.map(({ command }) => command.replace(/ .*/, ''));
const ALL = NAMES.join(', ');

/** What is typed, and the error; `kvmvlan <command> --help` is told after it. */
const WRONG: readonly (readonly [typed: string, error: string])[] = [
  ['', `no command given. Use one of ${ALL}.`],
  ['staus', 'there is no command staus. Did you mean `status`?'],
  ['statsu br0 --json', 'there is no command statsu. Did you mean `status`?'],
  ['--root /tmp digram', 'there is no command digram. Did you mean `diagram`?'],
  ['frobnicate', `there is no command frobnicate. Use one of ${ALL}.`],
  ['explain', 'too few words: the usage is `kvmvlan explain <guest>`.'],
  ['simulate VM1', 'too few words: the usage is `kvmvlan simulate <guest> <operation> [sub]`.'],
  ['status br0 br1', 'Unknown argument: br1.'],
  ['status -- -a -b', 'Unknown argument: -b.'],
  ['status --jsn', 'Unknown argument: jsn.'],
  ['apply --no-confirm', 'Unknown argument: no-confirm.'],
  ['apply --no-yes', 'Unknown argument: no-yes.'],
  ['apply --confirm.seconds 60', 'Unknown argument: confirm.seconds.'],
  ['completion fish', 'Invalid values:\n  Argument: shell, Given: "fish", Choices: "bash", "zsh".'],
];

describe('wrong usage', () => {
  test.each(WRONG)('kvmvlan %s', (typed, error) => {
    const words = typed === '' ? [] : typed.split(' ');
    const name = words[0] !== undefined && NAMES.includes(words[0]) ? `kvmvlan ${words[0]}` : 'kvmvlan';
    expect(host.run(...words)).toEqual({
      status: 2,
      stdout: '',
      stderr: `kvmvlan: ${error}\n\`${name} --help\` describes the usage.\n`,
    });
  });
});

describe('an option that is said twice', () => {
  mounted('the change is not made without its rollback', () => {
    const { status, stderr } = host.run('apply', '--yes', '--confirm', '60', '--confirm', '86401');
    expect(stderr).toMatch(/^kvmvlan: --confirm expects seconds from 1 to 86400, not "86401"\. /);
    expect(status).toBe(2);
  });

  mounted('is no other option', () => {
    expect(JSON.parse(host.run('status', '--json', '--json').stdout)).toMatchObject({ format: 1 });
  });
});

describe('a name that begins with a dash, behind --', () => {
  mounted.each(['inspect', 'explain'])('%s', (command) => {
    const { status, stdout } = host.run(command, '--', ODD);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(ODD) as string });
    expect(host.run('--root', host.root, command, '--json', '--', ODD)).toMatchObject({ status: 0 });
  });

  mounted('simulate', () => {
    const { status, stdout } = host.run('simulate', '--', ODD, 'stopped');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(ODD) as string });
  });

  test('status does not take it for no name at all', () => {
    const { status, stderr } = host.run('status', '--', '-none');
    expect(stderr).toMatch(
      /^kvmvlan: there is no bridge -none, and no running guest of that name with a port\. /,
    );
    expect(status).toBe(2);
  });

  test('what looks like an option is a name there', () => {
    expect(host.run('explain', '--', '--help').stderr).toContain('there is no guest --help');
  });
});

test('the help of bridge begins with the whole procedure, in lines of a terminal', () => {
  const { status, stdout } = host.run('bridge', 'create', '--help');
  const lines = stdout.split('\n');
  expect(status).toBe(0);
  expect(lines.slice(2, 6).map((line) => line.replace(/ +#.*/, ''))).toEqual([
    'kvmvlan bridge create br0 --port eth0 --dry-run',
    'kvmvlan bridge create br0 --port eth0',
    'kvmvlan confirm',
    'kvmvlan bridge remove br0',
  ]);
  expect(Math.max(...lines.slice(0, 6).map((line) => line.length))).toBeLessThanOrEqual(80);
});
