import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Paragraphs, steps and rows of a page: text in which names and their files belong together. */
function partsOf(page: string): string[] {
  return read(page).split(/\n\n|\n(?=\d+\. |- | *\|)/);
}

/** The paths that a part names, and where they are; null: nowhere. A path may begin next to an earlier one, or in lib/. */
function pathsIn(part: string): [named: string, path: string | null][] {
  const folders = ['', 'lib'];
  const names = [...part.matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\/|\.(?:ts|cjs|mjs|sh)))`/g)];
  return names.map(([, named = '']) => {
    const path = folders.map((folder) => join(folder, named)).find((each) => existsSync(join(ROOT, each)));
    if (path !== undefined) folders.unshift(named.endsWith('/') ? path : dirname(path));
    return [named, path ?? null];
  });
}

test.each([
  ['CONTRIBUTING.md', 30],
  ['docs/architecture.md', 60],
  ['docs/start-up.md', 9],
])('the files and folders that %s names exist', (page, least) => {
  const paths = partsOf(page).flatMap(pathsIn);
  const missing = paths.filter(([named, path]) => path === null && named !== 'build/dist/');
  expect(missing).toEqual([]);
  expect(paths.length).toBeGreaterThanOrEqual(least);
});

test('the tables, lists and types that CONTRIBUTING.md names are in a file that it names with them', () => {
  const named = partsOf('CONTRIBUTING.md').flatMap((part) => {
    const files = pathsIn(part).flatMap(([, path]) => (path?.endsWith('.ts') === true ? [read(path)] : []));
    return [...part.matchAll(/`([A-Z]\w+)`/g)].map(([, name = '']) => {
      const word = new RegExp(`\\b${name}\\b`);
      return { name, isThere: files.some((text) => word.test(text)) };
    });
  });
  expect(named.filter(({ isThere }) => !isThere)).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});

test.each(['model', 'plan', 'system', 'apply'])(
  'docs/architecture.md names the folders of lib/%s',
  (room) => {
    const row = partsOf('docs/architecture.md').find((part) => part.startsWith(`| \`lib/${room}/\``)) ?? '';
    const [, ...named] = pathsIn(row).map(([, path]) => path);
    const entries = readdirSync(join(ROOT, 'lib', room), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `lib/${room}/${name}/`);
    expect(named.sort()).toEqual(folders.sort());
  },
);

test('the scripts that CONTRIBUTING.md and README.md name are in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...(read('CONTRIBUTING.md') + read('README.md')).matchAll(/npm run ([\w:]+)/g)];
  expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
});
