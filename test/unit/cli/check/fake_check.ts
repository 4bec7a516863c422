import type { CheckIo } from '../../../../lib/cli/check/check_io';
import type { Facts } from '../../../../lib/cli/check/facts';
import { readFacts } from '../../../../lib/cli/check/read_facts';
import type { PlannedScript } from '../../../../lib/cli/explain/explain_scripts';
import type { Skip } from '../../../../lib/dispatch/describe_skip';
import type { DispatchConf } from '../../../../lib/model/conf/dispatch_conf';
import type { Exec } from '../../../../lib/model/io';
import { phaseName } from '../../../../lib/model/libvirt/phases';
import { NOT_FOUND, succeeded } from '../../exec_results';
import { kindOf } from '../../model/host/bridge_port';
import { portJson } from '../../fake_host/link_json';
import { fakeContext } from '../fake_context';
import { bundle } from '../hooks_root';

export const ROOT = '/etc/libvirt/hooks';

/** A host for `kvmvlan check`: what it reads of files and hears of commands, by the command's line. */
export interface CheckedHost {
  readonly files: Readonly<Record<string, string | null>>;
  /** A missing command fails with `not found`. */
  readonly commands: Readonly<Record<string, string>>;
  readonly isRoot?: boolean;
}

const guest = (name: string, devices: string): string =>
  `<domain><name>${name}</name><devices>${devices}</devices></domain>`;
const nic = (dev: string, bridge = 'br0'): string =>
  `<interface type='bridge'><source bridge='${bridge}'/><target dev='${dev}'/></interface>`;
const status = (xml: string): string => `<domstatus state='running'>${xml}</domstatus>`;
const hook = (driver: string): string => `${bundle(driver)}root=\nnode='/usr/bin/node'\n`;
const vlans = (list: readonly (readonly [name: string, vids: string])[]): object[] =>
  list.map(([ifname, vids]) => ({
    ifname,
    vlans: vids.split(' ').map((vid, index) => ({
      vlan: Number(vid),
      ...(index === 0 ? { flags: ['PVID', 'Egress Untagged'] } : {}),
    })),
  }));

export interface Switching {
  readonly ports: Readonly<Record<string, string>>;
  readonly own?: string;
  readonly down?: readonly string[];
  readonly filtering?: number;
  readonly stp?: number;
  readonly isUp?: boolean;
}

/** What bridge and ip print of a br0. */
export function switching({ ports, own = '1', down = [], filtering = 1, stp = 0, isUp = true }: Switching) {
  const links = Object.keys(ports).map((name) => ({
    ...portJson(name, 'br0', kindOf(name)),
    flags: down.includes(name) ? ['UP'] : ['UP', 'LOWER_UP'],
  }));
  const data = { vlan_filtering: filtering, vlan_protocol: '802.1Q', vlan_default_pvid: 1, stp_state: stp };
  const info = { info_kind: 'bridge', info_data: { ...data, forward_delay: 1500 } };
  const shown = JSON.stringify(vlans([['br0', own], ...Object.entries(ports)]));
  const bridge = { ifname: 'br0', flags: isUp ? ['UP'] : [], linkinfo: info };
  return {
    'bridge -j vlan show': shown,
    'ip -j -d addr show': JSON.stringify([bridge, ...links]),
    'ip -j -d link show type bridge': JSON.stringify([bridge]),
  };
}

/** A host on which all is right. */
export const GOOD: CheckedHost = {
  files: {
    '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
    '/boot/config-6.1.0-18-amd64': 'CONFIG_BRIDGE=m\nCONFIG_BRIDGE_VLAN_FILTERING=y\n',
    '/usr/sbin/bridge': 'x',
    '/usr/bin/node': 'x',
    '/dev/kvm': '',
    [`${ROOT}/daemon`]: hook('daemon'),
    [`${ROOT}/qemu`]: hook('qemu'),
    [`${ROOT}/network`]: hook('network'),
    [`${ROOT}/daemon_start.d/bridge_init`]: bundle('bridge_init'),
    [`${ROOT}/daemon_start.d/vlan_filtering`]: bundle('vlan_filtering'),
    [`${ROOT}/qemu_start_begin.d/vlan_filtering`]: bundle('vlan_filtering'),
    [`${ROOT}/qemu_started_begin.d/vlan_filtering`]: bundle('vlan_filtering'),
    [`${ROOT}/conf/bridge_init.conf`]: '[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\n',
    [`${ROOT}/conf/vlan_filtering.conf`]:
      '[veth0]\nguest = VM1\npvid = 100\n[veth1]\nguest = VM2\npvid = 200\n',
    [`${ROOT}/conf/dispatch.conf`]: '',
    '/run/libvirt/qemu/VM1.xml': status(guest('VM1', nic('veth0'))),
    '/etc/libvirt/qemu/VM1.xml': guest('VM1', nic('veth0')),
    '/etc/libvirt/qemu/VM2.xml': guest('VM2', nic('veth1')),
    '/proc/stat': 'btime 1000\n',
    '/proc/77/comm': 'libvirtd\n',
    // Started 1 000 s after the epoch and 5 000 000 s after the boot; files are of 2 000 000 s.
    '/proc/77/stat': `77 (lib ) virtd) S 1 ${'0 '.repeat(17)}500000000 0`,
    '/proc/77/attr/current': 'libvirtd (enforce)\n',
  },
  commands: {
    ...switching({ ports: { eth0: '1 100 200', veth0: '100' } }),
    'bridge -V': 'bridge utility, 6.1.0\n',
    'journalctl --dmesg --since=-1d --no-pager --output=cat': 'all is quiet\n',
    'iptables -S FORWARD': '-P FORWARD ACCEPT\n',
  },
};

/** The facts of such a host, with files and commands of it replaced or (undefined) taken away. */
export function factsOf(changes: {
  files?: Readonly<Record<string, string | null | undefined>>;
  commands?: Readonly<Record<string, string | undefined>>;
  isRoot?: boolean;
  machine?: string;
  version?: string;
  /** A file that others can change. */
  open?: string;
}): Promise<Facts> {
  const files = without({ ...GOOD.files, ...changes.files });
  const commands = without({ ...GOOD.commands, ...changes.commands });
  const exec: Exec = (command, args) => {
    const stdout = commands[[command, ...args].join(' ')] ?? null;
    return Promise.resolve(stdout === null ? NOT_FOUND : succeeded(stdout));
  };
  const { io } = fakeContext({ files, exec, isRoot: changes.isRoot ?? true }, { stdout: '', stderr: '' });
  const readFolder = (path: string): readonly string[] => {
    if (files[path] === null) return io.readText(path) === null ? [] : [];
    return io.readFolder(path);
  };
  const checkIo: CheckIo = {
    plugin: { ...io, readFolder },
    text: (path) => files[path] ?? null,
    names: (path) => io.readFolder(path),
    unsafe: (path) =>
      changes.open === path ? { reason: `${path} is not owned by root`, fix: `chown root ${path}` } : null,
    now: () => 9_000_000_000,
    scripts: (root, call, conf) => {
      const folder = `${root}/${phaseName(call)}.d`;
      return io.readFolder(folder).map((name) => fakeScript(`${folder}/${name}`, name, files, conf));
    },
    stat: (path) =>
      files[path] === undefined || files[path] === null
        ? null
        : {
            isFile: true,
            isExecutable: !path.includes('plain'),
            isLink: false,
            realPath: path,
            changedAt: 2_000_000_000,
          },
  };
  return readFacts(checkIo, {
    root: ROOT,
    version: '1.0.0',
    node: { path: '/usr/bin/node', version: changes.version ?? '20.20.2' },
    path: '/usr/sbin:/usr/bin',
    machine: changes.machine ?? 'x64',
  });
}

/** One without a text is masked. */
function fakeScript(
  path: string,
  name: string,
  files: Readonly<Record<string, string | null>>,
  conf: DispatchConf,
): PlannedScript {
  const text = files[path] ?? '';
  const skip: Skip | null = text === '' ? { code: 'masked', by: 'empty' } : null;
  const [, version = null, plugin = null] = /# kvmvlan (\S+) ([^\s:]+)/.exec(text) ?? [];
  const script = { name, path, stem: name, layout: 'phase' as const, skip };
  const none = { args: [], confFile: '', log: '' };
  return { script, conf: conf.forScript(name), skip, refusal: null, unsafe: null, version, plugin, ...none };
}

function without<T>(record: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}
