import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BRIDGE_INIT_KEYS } from '../../../lib/model/conf/bridge_init_conf';
import { DISPATCH_KEYS } from '../../../lib/model/conf/dispatch_conf';
import { readVlanFilteringConf, VLAN_FILTERING_KEYS } from '../../../lib/model/conf/vlan_filtering_conf';
import { GUEST_ROUTES_KEYS, readGuestRoutesConf } from '../../../lib/model/routes/guest_routes_conf';
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
  ['guest_routes', GUEST_ROUTES_KEYS],
  ['dispatch', DISPATCH_KEYS],
])('the sample %s.conf explains just the keys that the code knows', (name, keys) => {
  const shown = [...read(`conf/${name}.conf`).matchAll(/^#([a-z][\w-]*) = /gm)].map(([, key]) => key);
  expect([...new Set(shown)].sort()).toEqual(Object.keys(keys).sort());
});

const uncommented = (text: string): string => text.replace(/^#(?=\[|[a-z][\w-]* = )/gm, '');

describe.each([
  ['vlan_filtering', readVlanFilteringConf],
  ['guest_routes', readGuestRoutesConf],
])('the sample %s.conf', (name, readConf) => {
  const sample = read(`conf/${name}.conf`);

  test('has no section', () => {
    expect(readConf(sample, name)).toMatchObject({ rules: [], problems: [] });
  });

  test('is right with every section and key uncommented', () => {
    const { rules, problems } = readConf(uncommented(sample), name);
    expect(problems).toEqual([]);
    expect(rules.length).toBeGreaterThan(2);
  });
});

test('the first example of guest_routes.conf is three lines that give an address to an interface', () => {
  const [example = ''] = /(^#[[a-z].*\n)+/m.exec(read('conf/guest_routes.conf')) ?? [];
  expect(example.trimEnd().split('\n')).toHaveLength(3);
  const { rules, problems } = readGuestRoutesConf(uncommented(example), 'guest_routes.conf');
  expect(problems).toEqual([]);
  expect(rules).toMatchObject([{ conditions: { dev: 'tap-web1' }, wish: { uplink: 'eth0', routes: [] } }]);
});

test("each conf in the README's part on routed guests, and in docs/routed.md, is right", () => {
  const [, part = ''] = read('README.md').split('### Routed guests');
  const confs = [part.split('\n### ')[0] ?? '', read('docs/routed.md')].map((text) =>
    [...text.matchAll(/^ *```ini\n([^]*?)^ *```$/gm)].map(([, conf = '']) => conf.replace(/^ {3}/gm, '')),
  );
  expect(confs.map(({ length }) => length)).toEqual([1, 5]);
  for (const conf of confs.flat()) {
    const { rules, problems, defaults } = readGuestRoutesConf(conf, 'guest_routes.conf');
    expect({ conf, problems }).toEqual({ conf, problems: [] });
    expect(rules.length > 0 || defaults.get('uplink') !== undefined).toBe(true);
  }
});

test('the links in docs/routed.md have targets', () => {
  const page = read('docs/routed.md');
  const titles = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, link = '']) => link);
  expect(links).not.toEqual([]);
  expect(links.filter((link) => !titles.includes(link))).toEqual([]);
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
