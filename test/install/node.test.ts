import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { standInCheckout, write } from './checkout';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const checkout = standInCheckout();

/** A program that only says that it is this version of node. */
function nodeOfVersion(version: string, folder = tempFolder('kvmvlan node ')): string {
  const path = join(folder, 'node');
  write(path, `#!/bin/sh\necho ${version}\n`, 0o755);
  return path;
}

function qemuHook(root: string): string {
  return readFileSync(join(root, 'etc/libvirt/hooks/qemu'), 'utf8');
}

test('the absolute path of a real node is written into every hook', () => {
  const root = join(tempFolder(), 'root');
  runInstall(checkout, ['--root', root]);
  const [, node = ''] = /^node='(.*)'$/m.exec(qemuHook(root)) ?? [];
  expect(node).toMatch(/^\//);
  expect(spawnSync(node, ['-p', '6 * 7'], { encoding: 'utf8' }).stdout).toBe('42\n');
  const unwritten = spawnSync('grep', ['-rl', '@NODE@', join(root, 'etc/libvirt/hooks')], {
    encoding: 'utf8',
  });
  expect(unwritten.stdout).toBe('');
});

test.each(['v18.19.0', 'v18.20.4', 'v20.0.0', 'v100.1.2'])('%s serves', (version) => {
  const root = join(tempFolder(), 'root');
  const node = nodeOfVersion(version);
  expect(runInstall(checkout, ['--root', root, '--node', node])).toMatchObject({ status: 0, stderr: '' });
  expect(qemuHook(root)).toContain(`\nnode='${node}'\n`);
});

test.each(['v18.18.2', 'v16.20.0', 'v9.11.2', 'banana', 'v18', ''])(
  '%j does not, and nothing is installed',
  (version) => {
    const root = join(tempFolder(), 'root');
    const node = nodeOfVersion(version);
    const run = runInstall(checkout, ['--root', root, '--node', node]);
    expect(run.status).toBe(1);
    expect(run.stderr).toBe(
      `install.sh: --node ${node} cannot be used, Node.js 18.19 or newer is required:\n` +
        `  ${node} is version ${version || 'unknown'}\n`,
    );
    expect(snapshot(root)).toEqual([]);
  },
);

test('a node that is not there is said to be not there', () => {
  const run = runInstall(checkout, ['--root', tempFolder(), '--node', '/no/such/node']);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('--node /no/such/node cannot be used');
  expect(run.stderr).toContain('there is no such program');
});

test('a path that would break out of the quotes in the hook is refused', () => {
  const run = runInstall(checkout, [
    '--root',
    tempFolder(),
    '--node',
    nodeOfVersion('v20.0.0', tempFolder(`it's `)),
  ]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('contains characters that cannot be written into a hook');
});

test('another node the next time: every hook gets it', () => {
  const root = join(tempFolder(), 'root');
  runInstall(checkout, ['--root', root]);
  const node = nodeOfVersion('v22.1.0');
  expect(runInstall(checkout, ['--root', root, '--node', node]).stdout).toContain('updated qemu\n');
  expect(qemuHook(root)).toContain(`\nnode='${node}'\n`);
});
