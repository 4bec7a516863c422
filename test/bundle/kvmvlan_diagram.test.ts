import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../readme_confs';
import { safeFolder } from '../safe_folder';

const COMMAND = join(__dirname, '../../build/dist/hooks/bin/kvmvlan');

describe('kvmvlan diagram --plan', () => {
  let root = '';
  beforeAll(() => {
    root = safeFolder('kvmvlan-diagram-');
    mkdirSync(join(root, 'conf'));
    writeFileSync(join(root, 'conf/bridge_init.conf'), BRIDGE_INIT_CONF);
    writeFileSync(join(root, 'conf/vlan_filtering.conf'), VLAN_FILTERING_CONF);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const draw = (...args: string[]) =>
    execFileSync(COMMAND, ['diagram', '--plan', '--root', root, ...args], { encoding: 'utf8' });

  test('docs/switch.svg is what the command draws of the example', () => {
    expect(draw('--svg')).toBe(readFileSync(join(__dirname, '../../docs/switch.svg'), 'utf8'));
  });

  test('text needs no kernel and no guest', () => {
    expect(draw('br0')).toMatch(/┤ PVID 1 +PVID 100 ├── veth0 ──┤ VM1 │/);
    expect(draw('--ascii')).toMatch(/trunk \+-- eth0 --\+ PVID 1/);
  });

  test('a reader that goes away early is no bug', () => {
    const line = `"${COMMAND}" diagram --plan --root "${root}" 2>"${root}/said" | true`;
    execFileSync('sh', ['-c', line]);
    expect(readFileSync(join(root, 'said'), 'utf8')).toBe('');
  });

  test('one form at a time', () => {
    expect(() => draw('--svg', '--ascii')).toThrow(/mutually exclusive/);
  });

  test('a bridge that is not there: exit 2, and what there is', () => {
    expect(() => draw('br7')).toThrow(/no bridge br7 \(bridges: br0\)/);
  });
});
