import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { simulate } from '../../../../lib/cli/simulate/simulate';
import { fixture } from '../../model/guest/fixtures';
import { expectGolden } from '../../golden';
import { member, switchWith } from '../../model/host/host_parts';
import { runCommand } from '../run_command';
import { asRoot, bundle, hooksRoot, withoutRoot } from '../hooks_root';

const golden = (name: string): string => join(__dirname, 'golden', name);
const XML = fixture('qemu_start_begin');
const OFF = XML.replaceAll(/<target dev='v(eth|net).*/g, '').replace(
  "<interface type='bridge'>\n      <mac address='52:54:00:00:02:02'/>\n      <source network='lan' portid='73ae5bf0-7ad1-41ce-8812-4e01346c8ada' bridge='br0'/>",
  "<interface type='network'>\n      <mac address='52:54:00:00:02:02'/>\n      <source network='lan'/>",
);
const CONF = '[all]\nguest = *\nbridge = br0\npvid = 100\ntagged = 200\n';

interface Scene {
  readonly args?: object;
  readonly conf?: string;
  readonly dispatch?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly routes?: string;
  readonly commands?: Readonly<Record<string, string>>;
}

async function simulated({ args, conf, dispatch, files, scripts, routes, commands }: Scene) {
  const root = hooksRoot({
    'conf/dispatch.conf': dispatch ?? '',
    'qemu_start_begin.d/10-own': '#!/bin/sh\ntouch /tmp/it-ran\n',
    'qemu_start_begin.d/vlan_filtering': bundle('vlan_filtering'),
    'qemu_start_begin.d/zz-last': '#!/bin/sh\n',
    'qemu_started_begin.d/vlan_filtering': bundle('vlan_filtering'),
    'daemon_start.d/bridge_init': bundle('bridge_init'),
    ...scripts,
  });
  const host = {
    ...switchWith({ veth1: member(1), eth0: member(1) }),
    files: {
      [`${root}/conf/vlan_filtering.conf`]: conf ?? CONF,
      [`${root}/conf/bridge_init.conf`]: '[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\n',
      'VM2.xml': XML,
      ...(routes === undefined ? {} : { [`${root}/conf/guest_routes.conf`]: routes }),
      ...files,
    },
    commands: commands ?? {},
  };
  const all = { guest: 'VM2', operation: 'start', sub: 'begin', driver: 'qemu', xml: 'VM2.xml', ...args };
  const ran = await runCommand(simulate, all, host, root);
  return { ...ran, stdout: withoutRoot(ran.stdout, root) };
}

describe('kvmvlan simulate', () => {
  asRoot('start begin from a saved XML: scripts, environment, commands', async () => {
    const ran = await simulated({});
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expectGolden(golden('simulate_start.txt'), ran.stdout);
  });

  asRoot('a routed interface of a guest that is off gets a tap in no bridge', async () => {
    const files = {
      '/etc/libvirt/qemu/web1.xml':
        "<domain><name>web1</name><devices><interface type='ethernet'><mac address='52:54:00:00:00:05'/></interface></devices></domain>",
      '/proc/sys/net/ipv4/ip_forward': '1',
      '/proc/sys/net/ipv4/conf/default/forwarding': '0',
    };
    const nothing = '[]\n[]\n[]\n[]\n';
    const ran = await simulated({
      args: { guest: 'web1', xml: undefined, json: true },
      files,
      scripts: {
        'qemu_start_begin.d/guest_routes': bundle('guest_routes'),
      },
      routes: '[web1]\nguest = web1\nnic = 0\naddress = 203.0.113.20\nuplink = none\nstrict = no\n',
      commands: {
        'ip -N -j -4 -batch -': nothing,
        'ip -N -j -6 -batch -': nothing,
        'nft -j list table netdev kvmvlan': '{"nftables": []}',
      },
    });
    const { notes, scripts } = JSON.parse(ran.stdout) as {
      notes: string[];
      scripts: { path: string; exit: number; said: string[] }[];
    };
    expect(notes).toEqual(['Made-up names of taps, which libvirt would choose at the start: vnet-sim0']);
    const script = scripts.find(({ path }) => path.endsWith('/guest_routes'));
    expect(script?.exit).toBe(0);
    expect(script?.said.filter((line) => line.includes('would run'))).toEqual(
      [
        'echo 1 >/proc/sys/net/ipv4/conf/vnet-sim0/forwarding',
        'ip addr replace 169.254.0.1/32 dev vnet-sim0',
        'ip neigh replace 203.0.113.20 lladdr 52:54:00:00:00:05 dev vnet-sim0 nud permanent',
        'ip route replace 203.0.113.20/32 dev vnet-sim0 table main metric 1024 proto 107',
      ].map((command) => `vnet-sim0: would run ${command}`),
    );
  });

  asRoot('a guest that is off gets taps as libvirt would make them, of networks too', async () => {
    const files = {
      '/etc/libvirt/qemu/VM2.xml': OFF,
      '/etc/libvirt/qemu/networks/lan.xml': "<network><name>lan</name><bridge name='br0'/></network>",
    };
    const ran = await simulated({ args: { xml: undefined, json: true }, files });
    const told = JSON.parse(ran.stdout) as { status: number; notes: string[]; scripts: { said: string[] }[] };
    expect(told).toMatchObject({
      status: 0,
      notes: [
        'Made-up names of taps, which libvirt would choose at the start: vnet-sim0 in br0, vnet-sim1 in br0',
      ],
    });
    expect(told.scripts[1]?.said).toContain(
      'vnet-sim1: would run bridge vlan add dev vnet-sim1 vid 100 pvid untagged',
    );
  });

  asRoot('sections by alias and by bridge mean a guest that is off', async () => {
    const files = {
      '/etc/libvirt/qemu/VM2.xml': OFF.replaceAll(/<alias name='net.*/g, ''),
      '/etc/libvirt/qemu/networks/lan.xml': "<network><name>lan</name><bridge name='br0'/></network>",
    };
    const conf = '[a]\nguest = VM2\nalias = net0\npvid = 7\n[b]\nguest = VM2\nbridge = br0\npvid = 8\n';
    const ran = await simulated({ args: { xml: undefined }, files, conf });
    expect(ran.stdout).toContain('vnet-sim0: would run bridge vlan add dev vnet-sim0 vid 7 pvid untagged');
    expect(ran.stdout).toContain('vnet-sim1: would run bridge vlan add dev vnet-sim1 vid 8 pvid untagged');
  });

  asRoot('a script that others can change fails: it is not run, and the status says so', async () => {
    const root = hooksRoot({
      'qemu_start_begin.d/10-own': '#!/bin/sh\n',
      'qemu_start_begin.d/20-next': '#!/bin/sh\n',
    });
    chmodSync(join(root, 'qemu_start_begin.d/10-own'), 0o775);
    const args = { guest: 'VM2', operation: 'start', sub: 'begin', driver: 'qemu', xml: 'VM2.xml' };
    const host = { files: { 'VM2.xml': XML } };
    const ran = await runCommand(simulate, args, host, root);
    const path = `${root}/qemu_start_begin.d/10-own`;
    expect(ran.stdout).toContain(
      `${path}\n  fails: ${path} can be written by users other than root: run \`chmod go-w ${path}\`\n`,
    );
    expect(ran.stdout).toContain('20-next\n  skipped: 10-own failed before it\n');
    expect(ran.status).toBe(1);
    const json = await runCommand(simulate, { ...args, json: true }, host, root);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 1,
      scripts: [{ skip: null, refusal: expect.stringContaining('chmod go-w') as string }, { refusal: null }],
    });
  });

  const broken = '[all]\nguest = *\nbridge = br0\npvid = x\n';

  asRoot('a failure stops what comes after it in start, and is the status', async () => {
    const ran = await simulated({ conf: broken });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('zz-last\n  skipped: vlan_filtering failed before it\n');
    expect(ran.stdout).toContain('  exit status 2\n');
    expect(ran.stdout).toContain('The hook would end with status 1; libvirt aborts the start.\n');
  });

  asRoot('a script that dispatch.conf is wrong about is not run, and fails', async () => {
    const dispatch = '[10-own]\non-failure = report\nguests =\n[zz-last]\ntimeout = 0\nguests = VM1\n';
    const ran = await simulated({ dispatch });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(
      /start_begin\.d\/10-own\n {2}fails: not run: .*dispatch\.conf:3: \[10-own\] guests = : /,
    );
    expect(ran.stdout).toContain('vlan_filtering\n  skipped: 10-own failed before it\n');
    expect(ran.stdout).toContain('zz-last\n  skipped: dispatch.conf runs it only for other guests\n');
    expect(ran.stdout).toContain('The hook would end with status 1; libvirt aborts the start.\n');
    const started = await simulated({
      dispatch: '[vlan_filtering]\non-failure = abort\nlog =\n',
      args: { operation: 'started' },
    });
    expect(started).toMatchObject({ status: 0 });
    expect(started.stdout).toContain('  fails: not run: ');
  });

  asRoot("a plugin that gets libvirt's own arguments is run, too", async () => {
    const ran = await simulated({ conf: broken, dispatch: '[DEFAULT]\nargs = libvirt\n' });
    expect(ran).toMatchObject({ status: 1 });
    expect(ran.stdout).toContain('vlan_filtering VM2 start begin -\n');
  });

  asRoot('a script that dispatch.conf is wrong about fails also after a failure', async () => {
    const ran = await simulated({ conf: broken, dispatch: '[zz-last]\ntimeout = 0\n' });
    expect(ran.stdout).toMatch(/zz-last\n {2}fails: not run: /);
  });

  asRoot('guest_routes is not run where nothing is routed', async () => {
    const scripts = { 'qemu_start_begin.d/guest_routes': bundle('guest_routes') };
    const reason = 'skipped: nothing is routed on this host: guest_routes.conf has no section';
    const ran = await simulated({ scripts, routes: '# nothing\n' });
    expect(ran.stdout).toContain(`guest_routes\n  ${reason}\n`);
  });

  asRoot('in started it is reported only, unless conf wants it fatal', async () => {
    const args = { operation: 'started' };
    expect(await simulated({ conf: broken, args })).toMatchObject({ status: 0 });
    const ran = await simulated({ conf: broken, args, dispatch: '[vlan_filtering]\non-failure = abort\n' });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('libvirt kills the guest that has just started.\n');
  });

  asRoot('what is no plugin of this version is not run', async () => {
    const scripts = {
      'qemu_start_begin.d/vlan_filtering': bundle('vlan_filtering', '0.9.0'),
      'qemu_start_begin.d/bridge_init': '#!/bin/sh\necho mine\n',
    };
    const ran = await simulated({ scripts, conf: broken, args: { json: true } });
    const told = JSON.parse(ran.stdout) as { scripts: object[] };
    expect(told.scripts).toHaveLength(4);
    for (const script of told.scripts) expect(script).toMatchObject({ skip: null, said: null, exit: null });
    expect(ran.status).toBe(0);
  });

  asRoot('the daemon', async () => {
    const ran = await simulated({
      args: { guest: '-', operation: 'start', sub: undefined, driver: 'daemon' },
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('  | br0: would run bridge vlan add dev eth0 vid 100\n');
  });

  test('nothing to run', async () => {
    const ran = await simulated({ args: { operation: 'release', sub: undefined, extra: 'crashed' } });
    expect(ran).toEqual({
      status: 0,
      stderr: '',
      stdout:
        'Simulating qemu VM2 release end crashed: nothing is changed\n\nNo scripts: the hook ends immediately.\n\nThe hook would end with status 0.\n',
    });
  });

  test.each([
    [{ driver: 'kvm' }, 'there is no driver kvm. Use one of daemon, qemu, lxc, libxl, network.\n'],
    [
      { operation: 'strat' },
      'libvirt does not call the qemu hook with `strat begin`. Use one of: prepare begin, start begin, started begin, stopped end, release end, reconnect begin, attach begin, migrate begin, restore begin.\n',
    ],
    [
      { driver: 'lxc', xml: undefined },
      'guests of lxc cannot be found by name, only guests of qemu. Save the XML with `virsh dumpxml GUEST >FILE`, and use --xml FILE.\n',
    ],
  ])('%j is refused, with what to do', async (args, text) => {
    expect(await simulated({ args })).toEqual({ status: 2, stdout: '', stderr: text });
  });
});
