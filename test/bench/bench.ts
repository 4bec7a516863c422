import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { safeFolder } from '../safe_folder';

const RUNS = Number(process.env.RUNS ?? 25);
/** Which node is measured: NODE=/path/to/node npm run bench. */
const NODE = process.env.NODE ?? process.execPath;
const BUILT = 'build/dist/hooks';
const FIXTURES = 'test/fixtures/libvirt-9.0.0';

const COST = { 'processor time': 0, time: 1, memory: 2 } as const;

/** The bars: [what, less what, against what, in which cost, at most so many times as much]. */
const BARS: readonly (readonly [string, string | null, string, keyof typeof COST, number | null])[] = [
  ['idle phase', null, 'sh -c true', 'time', 1.2],
  ['start begin', null, 'node -e 0', 'processor time', 1.25],
  ['start begin', null, 'node -e 0', 'time', null],
  ['start begin', null, 'node -e 0', 'memory', 1.2],
  ['start begin, sets ports', null, 'node -e 0, third', 'processor time', null],
  ['start begin, no snapshot', null, 'node -e 0', 'processor time', 1.8],
  ['start begin, no snapshot', null, 'node -e 0', 'time', null],
  ['start begin, no snapshot', null, 'node -e 0', 'memory', null],
  ['status, 200 ports', 'its bridge and ip', 'node -e 0 again', 'processor time', 1.3],
  ['status, no snapshot', 'its bridge and ip', 'node -e 0 again', 'processor time', null],
  ['restart of libvirtd, 256 guests', null, 'restart, 1 guest', 'processor time', 10],
  ['--all, 1000 ports', null, '--all, 100 ports', 'processor time', 10],
  ['vlan_filtering --help', null, 'node -e 0', 'processor time', null],
  ['import pyroute2', null, 'node -e 0', 'processor time', null],
];

/**
 * What start-up costs, as ratios within a round on this machine's own kernel, with `bridge` and `ip` played back: a
 * converged `start begin` with four ports, and one that sets them, `kvmvlan status` with two hundred, `vlan_filtering --all` with a hundred and
 * with a thousand, and a restart of libvirtd, which calls the
 * hook of each guest that runs, all at the same time. Exits 1 where a bar is missed.
 */
function main(): void {
  const folder = safeFolder('kvmvlan-bench-');
  try {
    const measured = measureAll(folder);
    process.stdout.write(
      `${RUNS} rounds of ${version()}; bridge and ip are played back; medians of the ratios within a round:\n\n`,
    );
    for (const bar of BARS) if (!report(measured, bar)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function version(): string {
  return `node ${spawnSync(NODE, ['--version'], { encoding: 'utf8' }).stdout.trim()}`;
}

type Measured = Readonly<Record<string, readonly (readonly number[])[]>>;

/** Whether the bar is kept, or there is none. */
function report(measured: Measured, [what, less, against, cost, bar]: (typeof BARS)[number]): boolean {
  if (measured[what] === undefined) return true;
  const of = (name: string, round: number): number => measured[name]?.[round]?.[COST[cost]] ?? NaN;
  const ratios = Array.from(
    { length: RUNS },
    (_, round) => (of(what, round) - (less === null ? 0 : of(less, round))) / of(against, round),
  ).sort((a, b) => a - b);
  const ratio = ratios[RUNS >> 1] ?? NaN;
  const verdict = bar === null ? '' : ratio <= bar ? `  (bar ${bar}: kept)` : `  (bar ${bar}: MISSED)`;
  const name = `${less === null ? what : `(${what} - ${less})`} / ${against}`;
  const range = `${ratios[RUNS >> 2]?.toFixed(2)} … ${ratios[(RUNS * 3) >> 2]?.toFixed(2)}`;
  process.stdout.write(`  ${name.padEnd(60)} ${cost.padEnd(15)} ${ratio.toFixed(2)}  (${range})${verdict}\n`);
  return bar === null || ratio <= bar;
}

interface Command {
  readonly name: string;
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** Small and large: where two hundred ports are, all that reads the bridges reads them. */
function measureAll(folder: string): Measured {
  const stdin = join(folder, 'VM1.xml');
  const call = (root: string, [file = '', ...words]: readonly string[]): string[] => [
    join(folder, root, file),
    ...words,
  ];
  const start = ['qemu', 'VM1', 'start', 'begin', '-'];
  const status = ['bin/kvmvlan', 'status'];
  const python = ['/usr/bin/python3', '-c', 'from pyroute2 import IPRoute'];
  const node = { name: 'node -e 0', argv: [NODE, '-e', '0'] };
  const hasPyroute2 = spawnSync(python[0] ?? '', python.slice(1)).status === 0;
  const small = measure(folder, 0, [
    { name: 'sh -c true', argv: ['sh', '-c', 'true'] },
    { name: 'idle phase', argv: call('with', ['qemu', 'VM1', 'prepare', 'begin', '-']), stdin },
    node,
    { name: 'start begin', argv: call('with', start), stdin },
    { name: 'start begin, no snapshot', argv: call('without', start), stdin },
    { name: 'vlan_filtering --help', argv: call('with', ['qemu_start_begin.d/vlan_filtering', '--help']) },
    ...(hasPyroute2 ? [{ name: 'import pyroute2', argv: python }] : []),
  ]);
  const unset = measure(
    folder,
    0,
    [
      { ...node, name: 'node -e 0, third' },
      { name: 'start begin, sets ports', argv: call('with', start), stdin },
    ],
    false,
  );
  const large = measure(folder, 200, [
    { ...node, name: 'node -e 0 again' },
    { name: 'status, 200 ports', argv: call('with', status) },
    { name: 'status, no snapshot', argv: call('without', status) },
    { name: 'its bridge and ip', argv: ['sh', '-c', 'bridge -j vlan show; ip -j -d addr show'] },
  ]);
  const crowds = [100, 1000].map((ports) =>
    measure(folder, ports, [
      { name: `--all, ${ports} ports`, argv: call('with', ['qemu_start_begin.d/vlan_filtering', '--all']) },
    ]),
  );
  // Without systemd a process of the daemon's hook stays for a minute: see lib/plugins/follow_reconnect.ts.
  const restarts =
    spawnSync('systemctl', ['--version']).status === 0
      ? ([
          ['restart, 1 guest', 1],
          ['restart of libvirtd, 256 guests', 256],
        ] as const)
      : [];
  const measured = restarts.map(([name, guests]) =>
    measure(folder, 2 * guests + 2, [
      { name, argv: ['sh', '-c', RESTART, 'sh', join(folder, 'with'), String(guests), stdin] },
    ]),
  );
  return Object.assign({}, small, unset, large, ...crowds, ...measured) as Measured;
}

/** The hooks in the folder $1, as libvirtd calls them when it is restarted while $2 guests run. */
const RESTART = `
  "$1/daemon" - start - start
  for guest in $(seq "$2"); do "$1/qemu" "guest$guest" reconnect begin - <"$3" & done
  wait`;

/** In a mount namespace of its own: there `bridge`, `ip`, /run/libvirt and /var/cache are ours. */
function measure(folder: string, ports: number, commands: readonly Command[], areSet = true): Measured {
  rmSync(folder, { recursive: true });
  install(join(folder, 'with'));
  install(join(folder, 'without'));
  play(folder, ports, areSet);
  const setUp = `
    for tool in bridge ip systemctl; do
      at=$(command -v $tool) && mount --bind "$1/$tool" "$(realpath "$at")"
    done
    mkdir -p /run/libvirt; mount -t tmpfs none /run/libvirt; mkdir /run/libvirt/qemu; cp -r "$1"/status/. /run/libvirt/qemu
    mount -t tmpfs -o mode=755 none /var/cache; "$1/with/bin/kvmvlan" snapshot >&2; exec python3 "$2" "$3"`;
  const task = JSON.stringify({ runs: RUNS, commands });
  const { status, stdout } = spawnSync(
    'unshare',
    ['--mount', 'sh', '-ec', setUp, 'sh', folder, 'test/bench/measure.py', task],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error('it could not be measured');
  return JSON.parse(stdout) as Measured;
}

/** The built hooks, as the package has them. */
function install(root: string): void {
  cpSync(BUILT, root, { recursive: true });
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    try {
      writeFileSync(path, readFileSync(path, 'utf8').replace("node='/usr/bin/node'", `node='${NODE}'`));
    } catch {
      // A folder.
    }
  }
  mkdirSync(join(root, 'daemon_start.d'), { recursive: true });
  symlinkSync('../qemu_start_begin.d/vlan_filtering', join(root, 'daemon_start.d/vlan_filtering'));
  // What an earlier step of start-up may keep is made at the first call, and only of files that have settled.
  put(join(root, 'conf/bridge_init.conf'), '[br1]\ntrunk-port = eth1\ntrunk-pvid = 1\nbr-pvid = 1\n');
  const ports = [0, 1, 2, 3].map((i) => `[vnet${i}]\nguest = VM1\npvid = ${100 + i}\ntagged = 200,300\n`);
  put(
    join(root, 'conf/vlan_filtering.conf'),
    [...ports, '[crowd]\nguest = guest*\nbridge = br1\npvid = 1\n'].join('\n'),
  );
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * VM1 with four ports in br0, as conf says or until a batch has set them; where there are more ports, those in br1, of
 * guests of two each; and what bridge and ip print then.
 */
function play(folder: string, ports: number, areSet: boolean): void {
  const [before = '', ...rest] = readFileSync(join(FIXTURES, 'qemu_start_begin.xml'), 'utf8').split(
    '<interface',
  );
  const after = rest.at(-1)?.split('</interface>')[1] ?? '';
  const domain = (name: string, devs: readonly string[], bridge: string): string => {
    const interfaces = devs.map(
      (dev, i) =>
        `<interface type='bridge'><mac address='52:54:00:00:00:0${i}'/><source bridge='${bridge}'/><target dev='${dev}'/><alias name='net${i}'/></interface>`,
    );
    return before.replace(/<name>.*<.name>/, `<name>${name}</name>`) + interfaces.join('') + after;
  };
  const own = [0, 1, 2, 3].map((i) => `vnet${i}`);
  put(join(folder, 'VM1.xml'), domain('VM1', own, 'br0'));
  mkdirSync(join(folder, 'status'), { recursive: true });
  const guests = Array.from({ length: Math.max(0, ports / 2 - 1) }, (_, i) => [`tap${i}.0`, `tap${i}.1`]);
  guests.forEach((devs, i) =>
    put(
      join(folder, `status/guest${i}.xml`),
      `<domstatus state='running'>${domain(`guest${i}`, devs, 'br1')}</domstatus>`,
    ),
  );
  let ifindex = 2;
  const bridge = (ifname: string) => ({
    ifname,
    ifindex: ifindex++,
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    linkinfo: { info_kind: 'bridge', info_data: { vlan_filtering: 1, vlan_protocol: '802.1Q' } },
    addr_info: [],
  });
  const port = (ifname: string, master: string, kind = 'tun') => ({
    ifname,
    ifindex: ifindex++,
    master,
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    linkinfo: { info_kind: kind, info_slave_kind: 'bridge' },
    addr_info: [],
  });
  const taps = guests.flat();
  const links = [
    bridge('br0'),
    bridge('br1'),
    port('eth1', 'br1', 'veth'),
    ...own.map((dev) => port(dev, 'br0')),
    ...taps.map((dev) => port(dev, 'br1')),
  ];
  const untagged = (vlan: number) => ({ vlan, flags: ['PVID', 'Egress Untagged'] });
  const others = ['br0', 'br1', 'eth1', ...taps].map((ifname) => ({ ifname, vlans: [untagged(1)] }));
  const set = own.map((ifname, i) => ({ ifname, vlans: [untagged(100 + i), { vlan: 200 }, { vlan: 300 }] }));
  const unset = own.map((ifname) => ({ ifname, vlans: [untagged(1)] }));
  const lines = (...data: readonly object[]): string =>
    data.map((each) => `${JSON.stringify(each)}\n`).join('');
  put(join(folder, 'ip.json'), lines(links));
  put(join(folder, 'bridge.json'), lines([...others, ...(areSet ? set : unset)]));
  put(join(folder, 'batch.json'), lines([...others, ...set], links));
  const show = (what: string): string => `exec cat '${folder}/${what}.json'\n`;
  const tools = {
    ip: show('ip'),
    bridge: `case $* in *-batch*) while read -r _; do :; done; ${show('batch')} ;; esac\n${show('bridge')}`,
    // All units run.
    systemctl: '',
  };
  for (const [tool, script] of Object.entries(tools)) {
    put(join(folder, tool), `#!/bin/sh\n${script}`);
    chmodSync(join(folder, tool), 0o755);
  }
}

main();
