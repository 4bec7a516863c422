import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCache } from '../../test_cache';
import { findIfup } from '../network/interfaces/find_ifup';
import { generate, hasNetplan } from '../network/netplan/generate';

const ROOT = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const docs = read('docs/routed.md');
const conf = read('conf/guest_routes.conf');

/** The code blocks of docs/routed.md for one program, which is the first word of the paragraph before. */
function blocks(program: string): string[] {
  const [, section = ''] = docs.split(`\n**${program}**`);
  const [own = ''] = section.split(/\n(?:\*\*|## )/);
  return [...own.matchAll(/```\w*\n([^]*?)```/g)].map(([, text = '']) => text);
}

/** What the sample conf has for a program: the indented comment after the line that names it. */
function sample(program: string): string {
  const lines = conf.split('\n');
  const after = lines.slice(lines.findIndex((line) => line.startsWith(`# ${program}`)) + 1);
  const end = after.findIndex((line) => !line.startsWith('#     '));
  return after
    .slice(0, end)
    .map((line) => `${line.slice('#     '.length)}\n`)
    .join('');
}

const cloudInit = join(testCache(), 'tools/usr');
const hasCloudInit = existsSync(join(cloudInit, 'bin/cloud-init'));
const isRequired = process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1';
const IPV4 = ['Gateway=169.254.0.1', 'GatewayOnLink'];
const IPV6 = ['Gateway=fe80::1', 'GatewayOnLink'];

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kvmvlan-guest.'))));
afterEach(() => rmSync(folder, { recursive: true }));

function run(
  command: string,
  args: readonly string[],
  options: { argv0?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status} ${stderr}`);
  return `${stdout}${stderr}`;
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** What networkd gets for each route: its gateway, and whether that is reached without a network. */
function routes(text: string): string[][] {
  const sections = text.split(/^(?=\[)/m).filter((section) => section.startsWith('[Route]'));
  return sections.map((section) => section.match(/^Gateway(?:=.*|OnLink(?==(?:yes|true)$))/gm) ?? []);
}

function netplanRoutes(text: string): string[][] {
  return routes([...generate({ 'etc/netplan/50-guest.yaml': text }).values()].join('\n'));
}

/** The commands that ifupdown would run. */
function ifup(text: string): string {
  const file = write('interfaces', text);
  const [, dev = ''] = /^iface (\S+)/m.exec(text) ?? [];
  return run(findIfup() ?? 'ifup', ['--no-act', '--force', '--state-dir', folder, '-i', file, dev], {
    argv0: 'ifup',
  });
}

/** Where cloud-init writes what it makes for a program that configures the network. */
const WRITTEN = {
  eni: 'etc/network/interfaces.d/50-cloud-init',
  netplan: 'etc/netplan/50-cloud-init.yaml',
  networkd: 'etc/systemd/network/10-cloud-init-nic0.network',
} as const;

function cloudInitFor(renderer: keyof typeof WRITTEN, text: string): string {
  const file = write('network-config', text);
  const env = { ...process.env, PYTHONPATH: join(cloudInit, 'lib/python3/dist-packages') };
  const convert = ['devel', 'net-convert', '-p', file, '-k', 'yaml', '-d', folder, '-D', 'debian'];
  const card = ['-O', renderer, '-m', 'nic0,52:54:00:00:00:05'];
  run('/usr/bin/python3', [join(cloudInit, 'bin/cloud-init'), ...convert, ...card], { env });
  return readFileSync(join(folder, WRITTEN[renderer]), 'utf8');
}

describe('the network of a guest that has an address of its own, as the manuals show it', () => {
  (hasNetplan || isRequired ? describe : describe.skip)('netplan', () => {
    test('docs/routed.md', () => {
      const [text = ''] = blocks('netplan');
      expect(netplanRoutes(text)).toEqual([IPV4, IPV6]);
    });
    test('the sample conf', () => {
      expect(netplanRoutes(sample('netplan'))).toEqual([IPV4]);
    });
  });

  (findIfup() !== undefined || isRequired ? describe : describe.skip)('ifupdown', () => {
    test.each([
      ['docs/routed.md', blocks('ifupdown')[0] ?? '', ['169.254.0.1', 'fe80::1']],
      ['the sample conf', sample('ifupdown'), ['169.254.0.1']],
    ])('%s', (_where, text, gateways) => {
      const commands = ifup(text);
      for (const gateway of gateways) expect(commands).toMatch(new RegExp(`via ${gateway} .*onlink`));
    });
  });

  (hasCloudInit || isRequired ? describe : describe.skip)('cloud-init', () => {
    const [two = '', one = ''] = blocks('cloud-init');
    test('version 2, for netplan', () => {
      expect(netplanRoutes(cloudInitFor('netplan', two))).toEqual([IPV4, IPV6]);
      expect(netplanRoutes(cloudInitFor('netplan', sample('cloud-init')))).toEqual([IPV4]);
    });
    test('version 2 loses on-link without netplan', () => {
      // ifupdown would set it for a gateway.
      expect(cloudInitFor('eni', two)).not.toMatch(/onlink|^\s*gateway/m);
      expect(routes(cloudInitFor('networkd', two)).flat()).not.toContain('GatewayOnLink');
    });
    test('version 1, for ifupdown', () => {
      const commands = ifup(cloudInitFor('eni', one).replace(/^auto lo\niface lo .*\n/m, ''));
      for (const gateway of ['169.254.0.1', 'fe80::1'])
        expect(commands).toMatch(new RegExp(`via ${gateway} .*onlink`));
    });
  });
});
