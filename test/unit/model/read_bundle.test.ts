import { readBundle } from '../../../lib/model/read_bundle';
import { bundle } from '../cli/hooks_root';

const NOTHING = { name: null, version: null, node: null, program: null };

test('the header of an executable: its name, version, node and program', () => {
  expect(readBundle(`${bundle('qemu')}node='/opt/node'\nexit\n*/\nnode='/no'\n`)).toEqual({
    name: 'qemu',
    version: '1.0.0',
    node: '/opt/node',
    program: "\n*/\nnode='/no'\n",
  });
});

test('the beginning of a file is enough for the marker', () => {
  expect(readBundle(bundle('qemu').slice(0, 60))).toEqual({ ...NOTHING, name: 'qemu', version: '1.0.0' });
});

test.each([
  ['nothing', ''],
  ['a script', "#!/bin/sh\necho '# kvmvlan 1.0.0 qemu: x'\n"],
  ['a marker after the fifth line', `${'\n'.repeat(5)}# kvmvlan 1.0.0 qemu: x\n`],
  ['a node that the installer has not written', "#!/bin/sh\nnode='@NODE@'\n"],
  ['a large file of others', `#!/bin/sh\n${'x'.repeat(20_000)}\nnode='/opt/node'\n`],
])('%s shows nothing', (_, text) => {
  expect(readBundle(text)).toEqual(NOTHING);
});

test('a marker in the fifth line', () => {
  expect(readBundle(`${'\n'.repeat(4)}# kvmvlan 1.0.0 qemu: x\n`)).toMatchObject({ name: 'qemu' });
});
