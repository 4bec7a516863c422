import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFiles } from '../../../build/package_files';
import { phaseName } from '../../../lib/model/libvirt/phases';
import { OWN_PLUGINS, PLUGIN_NAMES } from '../../../lib/model/own_plugins';
import { PLUGINS } from '../../../lib/plugins/registry';

const ROOT = join(__dirname, '../../..');
const HOOKS = '/etc/libvirt/hooks';
const packaged = new Map(packageFiles('rpm').map(({ where, kind, what }) => [where, `${kind} ${what}`]));

describe.each(OWN_PLUGINS)('the package has $name', ({ name, folder, neededIn }) => {
  test('its executable, in each phase that needs it', () => {
    const file = `${folder}/${name}`;
    expect(packaged.get(`${HOOKS}/${file}`)).toBe(`hook build/dist/hooks/${file}`);
    expect(packaged.get(`/usr/sbin/${name}`)).toBe(`link ${HOOKS}/${file}`);
    for (const [driver, operation, suboperation] of neededIn) {
      const phase = `${phaseName({ driver, object: '-', operation, suboperation, extra: '-' })}.d`;
      expect([`hook build/dist/hooks/${file}`, `link ../${file}`]).toContain(
        packaged.get(`${HOOKS}/${phase}/${name}`),
      );
    }
  });

  test('its conf, pages and completion', () => {
    expect(packaged.get(`${HOOKS}/conf/${name}.conf`)).toBe(`conf conf/${name}.conf`);
    for (const page of [`8/${name}.8`, `5/${name}.conf.5`])
      expect(packaged.has(`/usr/share/man/man${page}.gz`)).toBe(true);
    expect(packaged.get(`/usr/share/bash-completion/completions/${name}`)).toBe('link kvmvlan');
  });

  test('its conf is updated with the package', () => {
    for (const script of ['post', 'preinst'])
      expect(readFileSync(join(ROOT, 'build/packages', script), 'utf8')).toContain(` ${name}.conf `);
  });
});

test('the hooks run the same plugins in their own process', () => {
  expect(Object.keys(PLUGINS).sort()).toEqual([...PLUGIN_NAMES].sort());
});
