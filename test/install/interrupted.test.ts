import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listedItems, standInCheckout, write } from './checkout';
import { runInstall } from './run_install';
import { snapshot } from './snapshot';
import { tempFolder } from './temp_folder';

const samples = listedItems().filter(({ kind }) => kind === 'conf');

/** A PATH on which the first rename that a script does is its last: then it is killed. */
function deadlyPath(): string {
  const stubs = tempFolder('kvmvlan-stubs-');
  write(join(stubs, 'mv'), '#!/bin/sh\n/bin/mv "$@"\nkill -KILL $PPID\n', 0o755);
  return `${stubs}:${process.env.PATH}`;
}

/** What is in a root, but for the list of what was shipped, which tells of all versions. */
function contentOf(root: string): string[] {
  return snapshot(root, 'content').filter((line) => !/\/\.shipped:/.test(line));
}

/** A whole run, which finds that nobody has edited anything. */
function expectInstalls(checkout: string, root: string, sample: string): void {
  for (const { what } of samples) write(join(checkout, what), sample);
  expect(runInstall(checkout, ['--root', root])).toMatchObject({ status: 0, stderr: '' });
  for (const { where } of samples) {
    expect(readFileSync(join(root, where), 'utf8')).toBe(sample);
    expect(existsSync(join(root, `${where}.new`))).toBe(false);
  }
}

test('killed after every single file, it goes on where it ended, and takes no sample for edited', () => {
  const checkout = standInCheckout();
  const newer = standInCheckout();
  const root = join(tempFolder(), 'root');
  const PATH = deadlyPath();
  let runs = 0;
  while (runInstall(checkout, ['--root', root], { PATH }).status !== 0) {
    runs += 1;
    expect(runs).toBeLessThan(200);
    const copy = join(tempFolder(), 'root');
    if (runs > 2 * samples.length) continue;
    cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
    expectInstalls(newer, copy, '# of the next version\n');
  }
  expect(runs).toBeGreaterThan(listedItems().filter(({ kind }) => kind !== 'dir').length);

  const uninterrupted = join(tempFolder(), 'root');
  expectInstalls(checkout, root, '# of the next version\n');
  expectInstalls(checkout, uninterrupted, '# of the next version\n');
  expect(contentOf(root)).toEqual(contentOf(uninterrupted));
  expect(runInstall(checkout, ['--root', root]).stdout).toContain('Everything is up to date');
});

test('what was to be told at the end is told where the run fails midway too', () => {
  const root = join(tempFolder(), 'root');
  write(join(root, 'etc/libvirt/hooks/qemu'), '#!/bin/sh\n: theirs\n', 0o755);
  write(join(root, 'usr/local/share'), 'no folder\n');
  const failed = runInstall(standInCheckout(), ['--root', root]);
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain('The installation is incomplete: fix this, then run it again.');
  expect(failed.stdout).toContain('/etc/libvirt/hooks/qemu.d/former');
});
