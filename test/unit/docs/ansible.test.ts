import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLE = join(__dirname, '../../../docs/examples/ansible');
const isHere = spawnSync('ansible-lint', ['--version']).error === undefined;
if (!isHere && process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1')
  throw new Error('ansible-lint is not installed');

(isHere ? test : test.skip)(
  'ansible-lint finds nothing in the role and its playbook',
  () => {
    const home = mkdtempSync(join(tmpdir(), 'kvmvlan-lint-'));
    const options = ['--offline', '--strict', '--profile', 'production', '--nocolor'];
    const { status, stdout, stderr } = spawnSync('ansible-lint', [...options, 'site.yml', 'roles/kvmvlan'], {
      cwd: EXAMPLE,
      encoding: 'utf8',
      env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, PYTHONDONTWRITEBYTECODE: '1' },
    });
    rmSync(home, { recursive: true, force: true });
    // How many files it has read: it passes over a folder that it does not recognise as a role.
    const [, files = '0'] = / on (\d+) files/.exec(stdout + stderr) ?? [];
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(Number(files)).toBeGreaterThanOrEqual(9);
  },
  120_000,
);

test('the defaults of the role are those that its description says', () => {
  const read = (file: string): string => readFileSync(join(EXAMPLE, 'roles/kvmvlan', file), 'utf8');
  const defaults = [...read('defaults/main.yml').matchAll(/^(kvmvlan_\w+): (.*)$/gm)];
  const described = [
    ...read('meta/argument_specs.yml').matchAll(/^ {6}(kvmvlan_\w+):\n {8}.*\n {8}default: (.*)$/gm),
  ];
  expect(defaults.length).toBe(5);
  expect(defaults.map(([, ...pair]) => pair).sort()).toEqual(described.map(([, ...pair]) => pair).sort());
});
