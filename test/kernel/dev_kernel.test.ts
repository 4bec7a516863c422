import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describeKernel } from './describe_kernel';
import { ENTER, prepareSwitch } from './dev/prepare_switch';
import { EXAMPLE_TABLE } from './example_switch';
import { phaseLinks } from './package_links';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

const HAS_ALL_PORTS =
  /^br0: filters VLANs.*\nPORT .*\neth0 .* ok\nbr0 .* ok\nveth0 .*VM1 .* ok\n[^]*veth2 .*VM2 .* ok\n/;

describeKernel('npm run dev:kernel', (kernel) => {
  beforeAll(() => prepareSwitch(kernel));

  test('has the example switch, as its conf wants it', async () => {
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect(await succeed(kernel, `${ENTER}; kvmvlan status`)).toMatch(HAS_ALL_PORTS);
  });

  test('has the other commands on the PATH, too', async () => {
    const stdout = await succeed(
      kernel,
      `${ENTER}; vlan_filtering --all --dry-run; bridge_init --dry-run; guest_routes --all --dry-run; pwd`,
    );
    expect(stdout).toContain('/run/hooks\n');
  });

  test('has the links of the package', async () => {
    const found = await succeed(kernel, `${ENTER}; find . -type l -printf '%P %l\\n'`);
    const links = phaseLinks().map(({ link, target }) => `${link} ${target}`);
    expect(found.trimEnd().split('\n').sort()).toEqual(links.sort());
  });

  test('runs the commands on its standard input, and ends with their status', () => {
    const program = join(repositoryRoot(), 'build/dist/dev_kernel.js');
    buildSync({
      entryPoints: [join(repositoryRoot(), 'test/kernel/dev/dev_kernel.ts')],
      bundle: true,
      platform: 'node',
      target: 'node18',
      outfile: program,
    });
    const run = spawnSync(process.execPath, [program], {
      input: 'kvmvlan status; echo wrong >&2; exit 7\n',
      encoding: 'utf8',
      env: { ...process.env, KVMVLAN_TEST_KERNEL: kernel.kind },
    });
    expect(run).toMatchObject({ status: 7, stderr: 'wrong\n' });
    expect(run.stdout).toMatch(HAS_ALL_PORTS);
  });
});
