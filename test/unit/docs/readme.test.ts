import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BRIDGE_INIT_KEYS } from '../../../lib/model/conf/bridge_init_conf';
import { DISPATCH_KEYS } from '../../../lib/model/conf/dispatch_conf';
import { VLAN_FILTERING_KEYS } from '../../../lib/model/conf/vlan_filtering_conf';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../../readme_confs';

const ROOT = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('the example of the README is what is tried on a real kernel and a real libvirtd', () => {
  const [bridgeInit, vlanFiltering] = [...read('README.md').matchAll(/```ini\n([^]*?)```/g)].map(
    ([, text]) => text,
  );
  expect([bridgeInit, vlanFiltering]).toEqual([BRIDGE_INIT_CONF, VLAN_FILTERING_CONF]);
});

test.each([
  ['bridge_init', BRIDGE_INIT_KEYS],
  ['vlan_filtering', VLAN_FILTERING_KEYS],
  ['dispatch', DISPATCH_KEYS],
])('the sample %s.conf explains just the keys that the code knows', (name, keys) => {
  const shown = [...read(`conf/${name}.conf`).matchAll(/^#([a-z][\w-]*) = /gm)].map(([, key]) => key);
  expect([...new Set(shown)].sort()).toEqual(Object.keys(keys).sort());
});

test.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md'])('the files that %s links to exist', (page) => {
  const links = [...read(page).matchAll(/\]\(([^):]+)\)/g)].map(([, path = '']) => path);
  expect(links).not.toEqual([]);
  expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the files and folders that CONTRIBUTING.md names exist', () => {
  const names = [...read('CONTRIBUTING.md').matchAll(/`((?:lib|test|build|docs)\/[^`<>]*)`/g)];
  const paths = names.map(([, path = '']) => path).filter((path) => path !== 'build/dist/');
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the scripts that CONTRIBUTING.md and README.md name are in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...(read('CONTRIBUTING.md') + read('README.md')).matchAll(/npm run ([\w:]+)/g)];
  expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
});
