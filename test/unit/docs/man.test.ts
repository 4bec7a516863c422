import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../../lib/cli/commands';
import { commandWords } from '../../../lib/cli/completion/completion_words';
import { BRIDGE_INIT_KEYS } from '../../../lib/model/conf/bridge_init_conf';
import { DISPATCH_KEYS } from '../../../lib/model/conf/dispatch_conf';
import { VLAN_FILTERING_KEYS } from '../../../lib/model/conf/vlan_filtering_conf';
import { GUEST_ROUTES_KEYS } from '../../../lib/model/routes/guest_routes_conf';
import { bridgeInitOptions, guestRoutesOptions, vlanFilteringOptions } from '../../../lib/plugins/options';
import { manCommands } from '../../../lib/cli/completion/man_commands';
import { expectGolden } from '../golden';

const FOLDER = join(__dirname, '../../../docs/man');
const page = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const commands = manCommands(COMMANDS.map(commandWords));

/** The tags of a page's paragraphs that are keys: `.TP` and then `.B name`. */
function keysIn(text: string): string[] {
  return [...text.matchAll(/^\.TP\n\.B (\S+)$/gm)].map(([, key]) => (key ?? '').replaceAll('\\-', '-'));
}

describe('the pages of conf files name just the keys that the code knows', () => {
  test.each([
    ['bridge_init.conf.5', BRIDGE_INIT_KEYS],
    ['vlan_filtering.conf.5', VLAN_FILTERING_KEYS],
    ['guest_routes.conf.5', GUEST_ROUTES_KEYS],
    ['dispatch.conf.5', DISPATCH_KEYS],
  ])('%s', (name, keys) => {
    expect(keysIn(page(name)).sort()).toEqual(Object.keys(keys).sort());
  });
});

test.each([
  ['vlan_filtering.8', vlanFilteringOptions],
  ['bridge_init.8', bridgeInitOptions],
  ['guest_routes.8', guestRoutesOptions],
])(
  '%s names the options and examples',
  (name, { positionals, takesAll, takesForce, takesFollow, examples }) => {
    const text = page(name).replaceAll('\\-', '-');
    const own = [
      ...(takesAll ? ['--all'] : []),
      ...(takesForce === true ? ['--force'] : []),
      ...(takesFollow === true ? ['--follow'] : []),
    ];
    for (const option of ['--dry-run', '--json', '--help', '--version', ...own])
      expect(text).toContain(option);
    for (const positional of positionals)
      expect(text).toMatch(new RegExp(`^\\.[RI]+ (\\[ )?${positional.name}`, 'm'));
    for (const [example] of examples.slice(0, 3)) expect(text).toContain(example);
  },
);

test('the commands of kvmvlan(8) come from the code', () => {
  expect(page('kvmvlan.8')).toContain('.SH COMMANDS\n.\\" @COMMANDS@\n');
  expectGolden(join(__dirname, 'commands.roff'), commands);
});

const hasGroff = spawnSync('groff', ['--version']).status === 0;
const hasMandoc = spawnSync('mandoc', ['-T', 'lint', '/dev/null']).error === undefined;

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const text = page(name).replace('.\\" @COMMANDS@\n', () => commands);

  (hasGroff ? test : test.skip)('groff has nothing to warn of', () => {
    const { stdout, stderr, status } = spawnSync('groff', ['-ww', '-man', '-Tutf8'], {
      input: text,
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    // Bold letters are printed twice.
    // eslint-disable-next-line no-control-regex
    expect(stdout.replaceAll(/.\x08/g, '')).toContain('NAME');
  });

  (hasMandoc ? test : test.skip)('mandoc has nothing to warn of', () => {
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], {
      input: text,
      encoding: 'utf8',
    });
    expect(stdout.replace(/^.*missing date.*\n/m, '')).toBe('');
  });
});
