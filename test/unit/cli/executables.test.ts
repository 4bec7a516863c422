import { checkSnapshot } from '../../../lib/cli/check/items/snapshot';
import type { Facts } from '../../../lib/cli/check/facts';
import { findExecutables } from '../../../lib/cli/executables';

const bundle = (node: string, program: string): string => `#!/bin/sh\nnode='${node}'\n\n*/\n${program}\n`;

test('the executables of a build are those with the program of its command', () => {
  const files: Record<string, string> = {
    '/root/bin/kvmvlan': bundle('/usr/bin/node', 'one'),
    '/root/qemu': bundle('/opt/node', 'one'),
    '/root/daemon': bundle('@NODE@', 'one'),
    '/root/network': bundle('/usr/bin/node', 'two'),
    '/root/lxc': '#!/bin/sh\nexit 0\n',
  };
  const found = findExecutables('/root', (path) => files[path] ?? null, '/own/node');
  expect(found?.kvmvlan.path).toBe('/root/bin/kvmvlan');
  expect(found?.all.map(({ path, node }) => [path, node])).toEqual([
    ['/root/bin/kvmvlan', '/usr/bin/node'],
    ['/root/daemon', '/own/node'],
    ['/root/qemu', '/opt/node'],
  ]);
  expect(findExecutables('/elsewhere', (path) => files[path] ?? null, '/own/node')).toBeNull();
});

test.each<[Facts['snapshot'], string[]]>([
  [null, []],
  [{ without: [], fault: null }, ['ok null']],
  [{ without: ['/root/qemu'], fault: null }, ['ok sudo kvmvlan snapshot']],
  [{ without: [], fault: 'exit 14' }, ['warning sudo kvmvlan snapshot']],
])('check says of %j', (snapshot, found) => {
  const findings = checkSnapshot({ snapshot } as Facts);
  expect(findings.map(({ level, remedy }) => `${level} ${remedy}`)).toEqual(found);
});
