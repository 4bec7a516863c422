import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, installed, sh, XML } from './hooks';
import { buildSnapshot } from './snapshots';

const UNTAGGED = ['PVID', 'Egress Untagged'];
const VLANS = ['br0', 'vnet0'].map((ifname) => ({ ifname, vlans: [{ vlan: 1, flags: UNTAGGED }] }));
const LINKS = [
  { ifname: 'br0', ifindex: 2, linkinfo: { info_kind: 'bridge', info_data: { vlan_filtering: 1 } } },
  { ifname: 'vnet0', ifindex: 3, master: 'br0', linkinfo: { info_kind: 'tun', info_slave_kind: 'bridge' } },
];

const hooks = new Hooks({
  'conf/bridge_init.conf': '[br0]\n',
  'conf/vlan_filtering.conf': '[vnet0]\nguest = VM2\npvid = 1\n',
  'bin/bridge': sh(`echo '${JSON.stringify(VLANS)}'`),
  'bin/ip': sh(`echo '${JSON.stringify(LINKS)}'`),
});
hooks.write('kvmvlan', hooks.withTools(installed('kvmvlan')));
hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');

const LOG = join(hooks.root, 'v8.log');
const FLAGS = ['--log-function-events', '--no-logfile-per-isolate', `--logfile=${LOG}`];

/** How a call ends, and the text of each function of the program that V8 compiles in it. */
function compiledIn(program: string, args: readonly string[], ...flags: string[]) {
  rmSync(LOG, { force: true });
  const path = join(hooks.root, program);
  const words = [...FLAGS, ...flags, path, ...args];
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: '/', input: XML, encoding: 'utf8' });
  const events = readFileSync(LOG, 'utf8')
    .split('\n')
    .map((line) => line.split(','));
  const script = events.find(([what, , of]) => what === 'script-details' && of === path)?.[1];
  const text = readFileSync(path, 'latin1');
  const functions = events
    .filter(([what, how, of]) => what === 'function' && how === 'interpreter' && of === script)
    .map(([, , , start, end]) => text.slice(Number(start), Number(end)));
  return { status, stdout, functions };
}

test.each([
  ['a hook', 'qemu', ['VM2', 'start', 'begin', '-'], ['Egress Untagged', ' as wanted, ']],
  ['status', 'kvmvlan', ['status', '--root', hooks.root], ['Egress Untagged', 'filters VLANs']],
])('%s has compiled in its snapshot what the warm-up runs', (_, program, args, parts) => {
  const blob = join(hooks.root, `${program}.blob`);
  buildSnapshot(join(hooks.root, program), blob, FLAGS);
  const plain = compiledIn(program, args);
  const warm = compiledIn(program, args, '--snapshot-blob', blob);
  expect([warm.status, warm.stdout]).toEqual([plain.status, plain.stdout]);
  const found = (functions: readonly string[]) =>
    parts.filter((part) => functions.some((text) => text.includes(part)));
  expect(found(plain.functions)).toEqual(parts);
  expect(found(warm.functions)).toEqual([]);
  // What a start itself needs is never warm.
  expect(warm.functions.length).toBeGreaterThan(0);
});
