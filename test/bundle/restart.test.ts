import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, isRoot, sh, XML } from './hooks';
import { withMounts } from './mounts';

const forRoot = isRoot ? test : test.skip;
const GUESTS = 256;

interface Cost {
  readonly failed: number;
  readonly seconds: number;
  readonly mib: number;
}

/** A host on which so many guests run, each with a port in br0 that is as conf says. */
function host(count: number, files: Readonly<Record<string, string>> = {}): Hooks {
  const ports = Array.from({ length: count }, (_, guest) => `tap${guest}`);
  const vlans = ports.map((ifname) => ({ ifname, vlans: [{ vlan: 5, flags: ['PVID', 'Egress Untagged'] }] }));
  const tap = { info_kind: 'tun', info_slave_kind: 'bridge' };
  const links = ports.map((ifname, at) => ({
    ifname,
    ifindex: at + 3,
    master: 'br0',
    flags: ['UP', 'LOWER_UP'],
    linkinfo: tap,
  }));
  const info = { info_kind: 'bridge', info_data: { vlan_filtering: 1, vlan_protocol: '802.1Q' } };
  const hooks = new Hooks({
    'conf/vlan_filtering.conf': '[x]\nguest = *\nnic = 0\npvid = 5\n',
    'conf/bridge_init.conf': '',
    'bridge.out': JSON.stringify(vlans),
    'ip.out': JSON.stringify([{ ifname: 'br0', ifindex: 2, flags: ['UP'], linkinfo: info }, ...links]),
    'bin/bridge': sh('cat >/dev/null; exec cat "${0%/*}/../bridge.out"'),
    'bin/ip': sh('exec cat "${0%/*}/../ip.out"'),
    // As an administrator's host without systemd: else what is left behind would be measured too.
    'bin/systemctl': sh('exit 0'),
    ...files,
  });
  hooks.installPlugin('bridge_init', 'daemon_start.d');
  hooks.installPlugin('vlan_filtering', 'daemon_start.d');
  mkdirSync(join(hooks.root, 'status'));
  const [before = '', after = ''] = [XML.split('<interface')[0], XML.split('</interface>').at(-1)];
  for (const [guest, dev] of ports.entries()) {
    const iface = `<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='${dev}'/><alias name='net0'/></interface>`;
    const domain = `${before.replace(/<name>.*<.name>/, `<name>guest${guest}</name>`)}${iface}${after}`;
    hooks.write(`status/guest${guest}.xml`, `<domstatus state='running'>${domain}</domstatus>`);
  }
  return hooks;
}

/** What a restart of libvirtd costs there. */
async function restart(hooks: Hooks, count: number): Promise<Cost> {
  const run = await hooks.call('restart', [hooks.root, String(count), join(hooks.root, 'xml')], {
    through: withMounts(
      hooks.root,
      `mkdir -p /run/libvirt; mount -t tmpfs none /run/libvirt; mkdir /run/libvirt/qemu; cp "$1"/status/* /run/libvirt/qemu
       for tool in bridge ip systemctl; do
         at=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v $tool) && mount --bind "$1/bin/$tool" "$(realpath "$at")"
       done`,
    ),
    deadline: 80,
  });
  return JSON.parse(run.stdout.toString()) as Cost;
}

forRoot('a restart of libvirtd with 256 guests costs at most ten times as much as with one', async () => {
  const [one, all] = [host(1), host(GUESTS)];
  for (const hooks of [one, all]) {
    hooks.write('restart', sh(`exec python3 "${join(__dirname, 'restart.py')}" "$@"`));
    hooks.write('xml', XML);
  }
  // The first run of a program is dearer.
  await restart(one, 1);
  const costs = { one: await restart(one, 1), all: await restart(all, GUESTS) };
  process.stderr.write(`restart of libvirtd: ${JSON.stringify(costs)}\n`);
  expect([costs.one.failed, costs.all.failed]).toEqual([0, 0]);
  expect(all.read('logs/daemon_start_vlan_filtering.log')).toMatch(/done: 256 ports as wanted, 0 changed/);
  expect(all.logs().filter((name) => name.includes('reconnect'))).toEqual([]);
  expect(costs.all.seconds / costs.one.seconds).toBeLessThan(10);
  expect(costs.all.mib).toBeLessThan(300);
});

forRoot("an administrator's own script still runs once for each guest that is reconnected", async () => {
  const hooks = host(8, { 'qemu_reconnect_begin.d/own': sh('echo "$1" >>"$LIBVIRT_HOOK_ROOT/seen"') });
  hooks.write('restart', sh(`exec python3 "${join(__dirname, 'restart.py')}" "$@"`));
  hooks.write('xml', XML);
  expect((await restart(hooks, 8)).failed).toBe(0);
  const seen = (hooks.read('seen') ?? '').trim().split('\n').sort();
  expect(seen).toEqual(Array.from({ length: 8 }, (_, guest) => `guest${guest}`));
});
