import type { CheckIo } from '../../../../lib/cli/check/check_io';
import type { Facts } from '../../../../lib/cli/check/facts';
import { readFacts } from '../../../../lib/cli/check/read_facts';
import type { CallScript } from '../../../../lib/cli/call_scripts';
import type { Skip } from '../../../../lib/dispatch/describe_skip';
import type { DispatchConf } from '../../../../lib/model/conf/dispatch_conf';
import { phaseName } from '../../../../lib/model/libvirt/phases';
import { FakeHost, ROOT, type HostSetup } from '../../fake_host/fake_host';
import { guestXml, nicsIn, statusXml } from '../../fake_host/guest_xml';
import { member, switchWith } from '../../model/host/host_parts';
import { bundle } from '../hooks_root';

const VM1 = guestXml('VM1', nicsIn('br0', 'veth0'));
const hook = (driver: string): string => `${bundle(driver)}root=\nnode='/usr/bin/node'\n`;

/** A host on which all is right. */
const GOOD: HostSetup = {
  ...switchWith({ eth0: member(1, 100, 200), veth0: member(100) }),
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
    '/run/libvirt/qemu/VM1.xml': statusXml(VM1),
    '/etc/libvirt/qemu/VM1.xml': VM1,
    '/etc/libvirt/qemu/VM2.xml': guestXml('VM2', nicsIn('br0', 'veth1')),
    '/proc/stat': 'btime 1000\n',
    '/proc/77/comm': 'libvirtd\n',
    // Started 1 000 s after the epoch and 5 000 000 s after the boot; files are of 2 000 000 s.
    '/proc/77/stat': `77 (lib ) virtd) S 1 ${'0 '.repeat(17)}500000000 0`,
    '/proc/77/attr/current': 'libvirtd (enforce)\n',
  },
  commands: {
    'bridge -V': 'bridge utility, 6.1.0\n',
    'journalctl --dmesg --since=-1d --no-pager --output=cat': 'all is quiet\n',
  },
};

/** What is another on a host: files and commands of it are replaced or (undefined) taken away. */
export interface Changes extends HostSetup {
  readonly machine?: string;
  readonly version?: string;
  /** A file that others can change. */
  readonly open?: string;
}

/** The facts of the good host with some changes. */
export function factsOf({ machine, version, open, ...changes }: Changes): Promise<Facts> {
  const files = { ...GOOD.files, ...changes.files };
  const commands = { ...GOOD.commands, ...changes.commands };
  const host = new FakeHost({ ...GOOD, ...changes, files, commands });
  const io = host.io();
  const checkIo: CheckIo = {
    plugin: io,
    ...host.networkFiles(),
    unsafe: (path) =>
      open === path ? { reason: `${path} is not owned by root`, fix: `chown root ${path}` } : null,
    now: () => 9_000_000_000,
    scripts: (root, call, conf) => {
      const folder = `${root}/${phaseName(call)}.d`;
      return host.names(folder).map((name) => fakeScript(`${folder}/${name}`, name, host, conf));
    },
    stat: (path) =>
      typeof host.files[path] !== 'string'
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
    node: { path: '/usr/bin/node', version: version ?? '20.20.2' },
    path: '/usr/sbin:/usr/bin',
    machine: machine ?? 'x64',
  });
}

/** One without a text is masked. */
function fakeScript(path: string, name: string, { files }: FakeHost, conf: DispatchConf): CallScript {
  const text = files[path] ?? '';
  const skip: Skip | null = text === '' ? { code: 'masked', by: 'empty' } : null;
  const [, version = null, plugin = null] = /# kvmvlan (\S+) ([^\s:]+)/.exec(text) ?? [];
  const script = { name, path, stem: name, layout: 'phase' as const, skip };
  const none = { refusal: null, problem: null, unsafe: null, args: [], confFile: '', log: '' };
  const scriptConf = conf.forScript(name);
  return { script, conf: scriptConf, onFailure: scriptConf.onFailure, skip, version, plugin, ...none };
}
