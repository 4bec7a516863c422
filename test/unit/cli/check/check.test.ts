import { chmodSync, chownSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realCheckIo } from '../../../../lib/cli/check/check_io';
import { checkScripts } from '../../../../lib/cli/check/items/scripts';
import { readScripts } from '../../../../lib/cli/check/read_scripts';
import { runItems } from '../../../../lib/cli/check/run_items';
import type { Finding } from '../../../../lib/cli/check/finding';
import { readDispatchConf } from '../../../../lib/model/conf/dispatch_conf';
import { checkReport, findingLines } from '../../../../lib/cli/check/check_report';
import { MAX_STATUS_LENGTH } from '../../../../lib/system/libvirt/read_guests';
import { expectGolden } from '../../golden';
import { FakeHost, ROOT } from '../../fake_host/fake_host';
import { bridge, bridgePort, member, switchWith } from '../../model/host/host_parts';
import { asRoot, bundle, hooksRoot } from '../hooks_root';
import { factsOf, type Changes } from './facts_of';

const golden = (name: string): string => join(__dirname, 'golden', name);
const findings = async (changes: Changes): Promise<Finding[]> => runItems(await factsOf(changes));
const JOURNAL = 'journalctl --dmesg --since=-1d --no-pager --output=cat';
const bridgeInit = (text: string) => ({ [`${ROOT}/conf/bridge_init.conf`]: text });
const vlanFiltering = (text: string) => ({ [`${ROOT}/conf/vlan_filtering.conf`]: text });
const dispatch = (text: string) => ({ [`${ROOT}/conf/dispatch.conf`]: text });
/** The folder of a phase: `qemu started begin`. */
const inPhase = (phase: string): string => `${ROOT}/${phase.replaceAll(' ', '_')}.d`;
const STARTED = inPhase('qemu started begin');
const BOTH = '[veth0]\nguest = VM1\npvid = 100\n[veth1]\nguest = VM2\npvid = 200\n';
const IN_NETWORKS =
  "<domain><name>VM3</name><devices><interface type='user'/><interface type='network'><source network='lan'/></interface></devices></domain>";
const denial = (seconds: number): string =>
  `type=AVC msg=audit(${seconds}.123:45): avc:  denied  { execute } for comm="rpc" scontext=u:r:virtd_t:s0 tcontext=u:r:usr_t:s0\n`;
const CIL = '/usr/share/selinux/packages/kvmvlan.cil';
/** A host with virtqemud, the rpm and right labels; these are the modules, and the boolean if it can be read. */
const selinux = (setup: {
  readonly module?: string;
  readonly bool?: string;
  readonly enforce?: string;
  readonly files?: Changes['files'];
}): Changes => ({
  files: {
    '/sys/fs/selinux/enforce': setup.enforce ?? '1',
    '/proc/77/comm': 'virtqemud\n',
    [CIL]: 'x',
    ...setup.files,
  },
  commands: {
    [`ls -Zd ${ROOT}`]: `u:r:virt_hook_t:s0 ${ROOT}`,
    [`restorecon -nvR ${ROOT}`]: '',
    'semodule -l': setup.module,
    'getsebool virt_hooks_unconfined':
      setup.bool === undefined ? undefined : `virt_hooks_unconfined --> ${setup.bool}\n`,
  },
});
const isOff = { '/run/libvirt/qemu/VM1.xml': undefined };

test('a host on which all is right', async () => {
  const all = await findings({});
  expect(all.filter(({ level }) => level !== 'ok')).toEqual([]);
  expectGolden(golden('check_good.txt'), checkReport(all, false));
});

test('a guest in conf exists, even if its definition is too long to be read', async () => {
  const files = { '/etc/libvirt/qemu/VM2.xml': ' '.repeat(MAX_STATUS_LENGTH + 1) };
  const found = (await findings({ files })).filter(({ item }) => item === 'guests');
  expect(found.map(({ code }) => code)).toEqual(['not-known', 'ok']);
  expect(found[0]?.message).toContain('VM2.xml: it is longer than');
});

test.each(['bridge_init', 'vlan_filtering', 'dispatch'])('others can change %s.conf', async (name) => {
  const open = `${ROOT}/conf/${name}.conf`;
  const found = await findings({ open });
  expect(found.filter(({ item, level }) => item === 'conf' || level !== 'ok')).toMatchObject([
    { item: 'conf', code: 'unsafe-conf', level: 'failure', remedy: `sudo chown root ${open}` },
  ]);
});

/**
 * All findings of one item that have the same level: `item level code`, or `item level code $ remedy` with a part of the
 * remedy.
 */
type Found = readonly string[];

/** What is changed about the good host, and what is found then. */
const CASES: readonly (readonly [what: string, changes: Changes, found: Found])[] = [
  ['node is too old', { version: '16.1.0' }, ['node failure node-too-old']],
  [
    "the hooks' node is gone",
    { files: { '/usr/bin/node': undefined } },
    ['node warning node-missing $ sudo apt-get install nodejs'],
  ],
  [
    'no iproute2',
    { files: { '/usr/sbin/bridge': undefined }, commands: { 'bridge -V': undefined } },
    ['iproute2 failure bridge-command-missing $ apt-get install iproute2'],
  ],
  [
    'an old iproute2',
    { commands: { 'bridge -V': 'bridge utility, iproute2-ss200127\n' } },
    ['iproute2 warning iproute2-too-old'],
  ],
  [
    'a kernel without filtering',
    {
      files: { '/boot/config-6.1.0-18-amd64': 'CONFIG_BRIDGE=m\n' },
      ...switchWith({}, { filtering: false }),
    },
    ['kernel failure kernel-without-vlans'],
  ],
  [
    'a kernel without config',
    { files: { '/boot/config-6.1.0-18-amd64': undefined }, ...switchWith({}, { filtering: false }) },
    ['kernel unknown not-known $ ip link add kvmvlan-try'],
  ],
  [
    'a running guest whose status file is cut off',
    { files: { '/run/libvirt/qemu/VM1.xml': '<domstatus' } },
    ['guests unknown not-known'],
  ],
  ['no hook', { files: { [`${ROOT}/qemu`]: undefined } }, ['hooks failure hook-missing']],
  ["somebody else's hook", { files: { [`${ROOT}/qemu`]: '#!/bin/sh\n' } }, ['hooks failure hook-foreign']],
  [
    'a hook of another version',
    { files: { [`${ROOT}/qemu`]: "#!/bin/sh\n# kvmvlan 0.9.0 qemu: x\nnode='/usr/bin/node'\n" } },
    ['hooks warning hook-other-version'],
  ],
  [
    'no vlan_filtering in a phase',
    { files: { [`${STARTED}/vlan_filtering`]: undefined } },
    [`scripts failure script-missing $ sudo ./install.sh   # in the checkout; or install the package again`],
  ],
  [
    'no bridge_init',
    { files: { [`${ROOT}/daemon_start.d/bridge_init`]: undefined } },
    ['scripts failure script-missing'],
  ],
  [
    'a mask',
    { files: { [`${STARTED}/vlan_filtering`]: '' } },
    [
      `scripts warning script-masked $ sudo rm ${STARTED}/vlan_filtering   # unless you masked it on purpose; then install kvmvlan again`,
    ],
  ],
  [
    "somebody else's vlan_filtering",
    { files: { [`${STARTED}/vlan_filtering`]: '#!/bin/sh' } },
    ['scripts failure script-foreign'],
  ],
  [
    'ours, of another version',
    { files: { [`${STARTED}/vlan_filtering`]: bundle('vlan_filtering', '0.9.0') } },
    ['scripts failure script-other-version'],
  ],
  [
    'ours, by another name',
    {
      files: {
        [`${STARTED}/vlan_filtering`]: undefined,
        [`${STARTED}/10-vlans`]: bundle('vlan_filtering'),
      },
    },
    ['scripts ok ok'],
  ],
  [
    'dispatch.conf disables ours',
    { files: dispatch('[bridge_init]\nenabled = no\n') },
    [`scripts failure script-disabled $ sudoedit ${ROOT}/conf/dispatch.conf   # [bridge_init] enabled = yes`],
  ],
  [
    'dispatch.conf has ours run for others',
    { files: dispatch('[DEFAULT]\nguests = web*, VM2\n') },
    [
      `scripts failure script-not-for-all $ sudoedit ${ROOT}/conf/dispatch.conf   # [vlan_filtering] guests = *`,
    ],
  ],
  [
    'dispatch.conf has ours run for all that conf names',
    { files: dispatch('[vlan_filtering]\nguests = VM*\n') },
    ['scripts warning script-not-for-all'],
  ],
  [
    'dispatch.conf is wrong about ours',
    { files: dispatch('[vlan_filtering]\nguests =\n') },
    [1, 2, 3].map(() => `scripts failure script-conf-wrong $ sudoedit ${ROOT}/conf/dispatch.conf   # line 2`),
  ],
  [
    'dispatch.conf cannot be read',
    { files: { [`${ROOT}/conf/dispatch.conf`]: null } },
    [1, 2, 3, 4].map(() => `scripts failure script-conf-wrong $ sudoedit ${ROOT}/conf/dispatch.conf`),
  ],
  ['both kinds of daemons', { files: { '/proc/78/comm': 'virtqemud\n' } }, ['daemons failure two-daemons']],
  ['modular daemons', { files: { '/proc/77/comm': 'virtqemud\n' } }, ['daemons ok ok']],
  [
    'libvirtd is older than the hooks',
    { files: { '/proc/77/stat': `77 (libvirtd) S 1 ${'0 '.repeat(17)}100 0` } },
    ['reload warning reload-needed $ sudo systemctl reload libvirtd'],
  ],
  [
    'AppArmor and a node of /opt',
    {
      files: {
        '/opt/node': 'x',
        [`${ROOT}/qemu`]: "#!/bin/sh\n# kvmvlan 1.0.0 qemu: x\nnode='/opt/node'\n",
        [`${ROOT}/daemon`]: "#!/bin/sh\n# kvmvlan 1.0.0 daemon: x\nnode='/opt/node'\n",
      },
    },
    [
      "apparmor failure node-denied $ echo '/opt/node PUx,' | sudo tee -a /etc/apparmor.d/local/usr.sbin.libvirtd",
    ],
  ],
  [
    'SELinux and a wrong context',
    { files: { '/sys/fs/selinux/enforce': '1' }, commands: { [`ls -Zd ${ROOT}`]: `u:r:etc_t:s0 ${ROOT}` } },
    [`selinux failure selinux-context $ sudo restorecon -RF ${ROOT}`],
  ],
  [
    'SELinux and confined hooks',
    {
      files: { '/sys/fs/selinux/enforce': '1' },
      commands: {
        [`ls -Zd ${ROOT}`]: `u:r:virt_hook_t:s0 ${ROOT}`,
        [`restorecon -nvR ${ROOT}`]: '',
        'getsebool virt_hooks_unconfined': 'virt_hooks_unconfined --> off',
      },
    },
    ['selinux failure selinux-confined $ sudo setsebool -P virt_hooks_unconfined on'],
  ],
  [
    'SELinux and a hook that was copied from elsewhere',
    {
      files: { '/sys/fs/selinux/enforce': '1' },
      commands: {
        [`ls -Zd ${ROOT}`]: `u:r:virt_hook_t:s0 ${ROOT}`,
        [`restorecon -nvR ${ROOT}`]: `Would relabel ${ROOT}/qemu from u:r:user_home_t:s0 to u:r:virt_hook_t:s0\nWould relabel ${ROOT}/conf/x from u:r:user_home_t:s0 to u:r:virt_hook_t:s0\n`,
      },
    },
    ['selinux failure selinux-context'],
  ],
  [
    'SELinux, as it should be',
    {
      files: { '/sys/fs/selinux/enforce': '1' },
      commands: { [`ls -Zd ${ROOT}`]: `u:r:virt_hook_t:s0 ${ROOT}`, [`restorecon -nvR ${ROOT}`]: '' },
    },
    ['selinux ok ok'],
  ],
  [
    'SELinux without restorecon',
    {
      files: { '/sys/fs/selinux/enforce': '1' },
      commands: { [`ls -Zd ${ROOT}`]: `u:r:virt_hook_t:s0 ${ROOT}` },
    },
    [`selinux unknown not-known $ sudo restorecon -nvR ${ROOT}`],
  ],
  [
    'SELinux: virtqemud with the module and the boolean',
    selinux({ module: 'kvmvlan\n', bool: 'on' }),
    ['selinux ok ok'],
  ],
  [
    'SELinux: virtqemud without the module and the boolean',
    selinux({ module: 'container\n', bool: 'off' }),
    [
      `selinux failure selinux-module-missing $ sudo semodule -X 200 -i ${CIL} && sudo setsebool -P virt_hooks_unconfined on`,
    ],
  ],
  [
    'SELinux: virtqemud with the boolean and without the module',
    selinux({ module: 'kvmvlan-other\n', bool: 'on' }),
    [`selinux failure selinux-module-missing $ sudo semodule -X 200 -i ${CIL}`],
  ],
  [
    'SELinux: virtqemud without the module, where the boolean cannot be read',
    selinux({ module: '' }),
    [
      `selinux failure selinux-module-missing $ sudo semodule -X 200 -i ${CIL} && sudo setsebool -P virt_hooks_unconfined on`,
    ],
  ],
  [
    'SELinux: virtqemud with the module and without the boolean',
    selinux({ module: 'container\nkvmvlan\n', bool: 'off' }),
    ['selinux failure selinux-confined $ sudo setsebool -P virt_hooks_unconfined on'],
  ],
  [
    'SELinux that is permissive: virtqemud without the module',
    selinux({ module: '', bool: 'on', enforce: '0' }),
    ['selinux warning selinux-module-missing'],
  ],
  [
    'SELinux: virtqemud that is installed and does not run yet, after install.sh',
    selinux({
      module: '',
      bool: 'on',
      files: { '/proc/77/comm': undefined, '/usr/sbin/virtqemud': 'x', [CIL]: undefined },
    }),
    ['selinux failure selinux-module-missing $ sudo semodule -X 200 -i build/packages/kvmvlan.cil'],
  ],
  [
    'SELinux: virtqemud, without root',
    { ...selinux({ bool: 'on' }), isRoot: false },
    ['selinux unknown not-known'],
  ],
  [
    "a denial of SELinux's, by its daemons' type",
    { files: { '/var/log/audit/audit.log': denial(8_999_990) } },
    ['denials warning denials'],
  ],
  ['a denial of long ago', { files: { '/var/log/audit/audit.log': denial(8_900_000) } }, ['denials ok ok']],
  [
    'a denial',
    { commands: { [JOURNAL]: 'apparmor="DENIED" operation="exec" profile="libvirtd" name="/opt/node"\n' } },
    ['denials warning denials'],
  ],
  [
    'a denial that is none of ours',
    {
      commands: {
        [JOURNAL]:
          'apparmor="DENIED" profile="cups"\napparmor="DENIED" profile="libvirt-327216e4-de65-4828-96bd-017bd6b40a16" name="/libvirt"\n',
      },
    },
    ['denials ok ok'],
  ],
  [
    'a log for root only',
    { commands: { [JOURNAL]: undefined }, isRoot: false },
    ['denials unknown not-known $ sudo kvmvlan check'],
  ],
  [
    'a wrong conf',
    { files: vlanFiltering('[veth0]\nguest = VM1\npvdi = 5\n') },
    [`conf failure unknown-key $ sudoedit ${ROOT}/conf/vlan_filtering.conf   # line 3`],
  ],
  [
    'no conf',
    { files: vlanFiltering('') && { [`${ROOT}/conf/vlan_filtering.conf`]: undefined } },
    ['conf failure missing-conf'],
  ],
  [
    'a conf for root only',
    { files: { [`${ROOT}/conf/dispatch.conf`]: null }, isRoot: false },
    ['conf unknown unreadable-conf $ sudo kvmvlan check'],
  ],
  [
    'a section that never matches',
    { files: vlanFiltering('[a]\nguest = *\nbridge = br0\n[b]\nguest = VM1\nbridge = br0\n') },
    ['shadowed warning section-shadowed'],
  ],
  [
    'a guest that is not there',
    { files: vlanFiltering('[veth0]\nguest = VM1\npvid = 100\n[x]\nguest = gone\n') },
    ['guests warning guest-missing'],
  ],
  [
    'a UUID that no guest has',
    { files: vlanFiltering('[veth0]\nguest = 00000000-0000-0000-0000-00000000000a\n') },
    ['guests warning guest-missing'],
  ],
  [
    'an interface that is not there',
    { files: vlanFiltering('[veth0]\nguest = VM1\npvid = 100\n[veth7]\nguest = VM1\n') },
    ['interfaces warning section-unused'],
  ],
  [
    'a name that libvirt will choose',
    { files: vlanFiltering('[veth0]\nguest = VM1\npvid = 100\n[vnet7]\nguest = VM2\n') },
    ['guests ok ok'],
  ],
  [
    'a guest that is off, in a network: sections by bridge and by alias mean it',
    {
      files: {
        '/etc/libvirt/qemu/VM3.xml': IN_NETWORKS,
        '/etc/libvirt/qemu/networks/lan.xml': "<network><name>lan</name><bridge name='br0'/></network>",
        ...vlanFiltering(
          `${BOTH}[a]\nguest = VM3\nbridge = br0\npvid = 100\n[b]\nguest = VM3\nalias = net0\n`,
        ),
      },
    },
    ['guests ok ok'],
  ],
  [
    'a guest that is off, in a network that nobody has told of',
    {
      files: {
        '/etc/libvirt/qemu/VM3.xml': IN_NETWORKS,
        ...vlanFiltering(`${BOTH}[a]\nguest = VM3\nbridge = br0\npvid = 100\n`),
      },
    },
    ['guests ok ok'],
  ],
  [
    'a trunk without a VLAN of a guest that is off, in a network',
    {
      files: {
        '/etc/libvirt/qemu/VM3.xml': IN_NETWORKS,
        '/etc/libvirt/qemu/networks/lan.xml': "<network><name>lan</name><bridge name='br0'/></network>",
        ...vlanFiltering(`${BOTH}[b]\nguest = VM3\nalias = net1\npvid = 300\n`),
      },
    },
    ['trunk warning vlan-on-no-trunk'],
  ],
  [
    'guests are for root only',
    { files: { '/etc/libvirt/qemu': null }, isRoot: false },
    ['guests unknown not-known $ sudo kvmvlan check'],
  ],
  [
    'a trunk without a VLAN of a running guest',
    { ...switchWith({ eth0: member(1, 200), veth0: member(100) }) },
    ['trunk warning vlan-on-no-trunk'],
  ],
  [
    'a trunk without a VLAN of a guest that is off',
    { ...switchWith({ eth0: member(1, 100), veth0: member(100) }) },
    ['trunk warning vlan-on-no-trunk'],
  ],
  [
    'a trunk with more',
    { ...switchWith({ eth0: member(1, 100, 200, 300, 301), veth0: member(100) }) },
    ['trunk warning trunk-vlans-unneeded'],
  ],
  [
    'VLAN 1 on a guest that nothing names',
    {
      files: {
        '/run/libvirt/qemu/x.xml':
          "<domstatus state='running'><domain><name>x</name><devices><interface type='bridge'><source bridge='br0'/><target dev='vnet0'/></interface></devices></domain></domstatus>",
      },
      ...switchWith({ eth0: member(1, 100, 200), veth0: member(100), vnet0: member(1) }),
    },
    ['vlan1 warning port-in-default-vlan $ sudo bridge vlan del dev vnet0 vid 1'],
  ],
  [
    'VLAN 1 where conf wants otherwise',
    { ...switchWith({ eth0: member(1, 100, 200), veth0: member(1) }) },
    ['ports failure port-differs $ sudo vlan_filtering VM1'],
  ],
  [
    'a bridge that does not filter',
    { ...switchWith({ eth0: member(1, 100, 200), veth0: member(100) }, { filtering: false }) },
    ['filtering failure bridge-not-filtering $ sudo bridge_init'],
  ],
  [
    'STP',
    { ...switchWith({ eth0: member(1, 100, 200), veth0: member(100) }), stp: ['br0'] },
    ['stp warning stp-delay'],
  ],
  [
    'the trunk is down',
    { ...switchWith({ eth0: member(1, 100, 200), veth0: member(100) }), down: ['eth0'] },
    ['uplink failure trunk-down $ sudo ip link set dev eth0 up && ip link show dev eth0'],
  ],
  [
    'the trunk is missing',
    { ...switchWith({ veth0: member(100) }) },
    ['uplink failure no-uplink $ sudo ip link set dev eth0 master br0 up && sudo bridge_init'],
  ],
  [
    'one of two trunks is missing',
    { files: bridgeInit('[br0]\ntrunk-port = eth0 eth1 en*\ntrunk-tags = 100 200\n') },
    [
      `uplink failure trunk-missing $ sudo ip link set dev eth1 master br0 up && sudo bridge_init`,
      'uplink failure trunk-missing',
    ],
  ],
  [
    'none of the trunks that a pattern means is there',
    {
      files: bridgeInit('[br0]\ntrunk-port = eth*\n'),
      ...switchWith({ veth0: member(100) }),
    },
    [
      "uplink failure no-uplink $ sudo ip link set dev PORT master br0 up && sudo bridge_init   # PORT: an interface that matches 'eth*'",
    ],
  ],
  [
    'the bridge is missing',
    { files: bridgeInit('[br9]\ntrunk-port = eth0\n') },
    ['uplink failure bridge-missing'],
  ],
  [
    'the bridge is down',
    { ...switchWith({ eth0: member(1, 100, 200), veth0: member(100) }), down: ['br0'] },
    ['uplink failure bridge-down $ sudo ip link set dev br0 up'],
  ],
  [
    'VLANs by libvirt and by conf',
    {
      files: {
        '/run/libvirt/qemu/VM1.xml':
          "<domstatus state='running'><domain><name>VM1</name><devices><interface type='bridge'><source bridge='br0'/><vlan><tag id='7'/></vlan><target dev='veth0'/></interface></devices></domain></domstatus>",
      },
    },
    ['libvirt-vlan warning vlans-set-twice $ virsh edit VM1   # remove <vlan>, or remove the section'],
  ],
  [
    'flags that libvirt turns off',
    {
      files: {
        [`${ROOT}/conf/vlan_filtering.conf`]:
          '[veth0]\nguest = VM1\npvid = 100\nlearning = yes\nflood = yes\n',
        '/run/libvirt/network/lan.xml':
          "<networkstatus><network><name>lan</name><bridge name='br0' macTableManager='libvirt'/></network></networkstatus>",
      },
    },
    ['mac-table warning mac-table-by-libvirt $ line 1: remove learning and flood'],
  ],
  [
    'filtering that libvirt turns on',
    {
      files: {
        ...bridgeInit('[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\nvlan-filtering = no\n'),
        '/run/libvirt/network/lan.xml':
          "<networkstatus><network><name>lan</name><bridge name='br0' macTableManager='libvirt'/></network></networkstatus>",
      },
    },
    ['mac-table warning mac-table-by-libvirt $ line 1: remove vlan-filtering'],
  ],
  [
    'no kvm: the module',
    { files: { '/dev/kvm': undefined, '/proc/cpuinfo': 'flags\t\t: fpu vmx\n' } },
    ['kvm warning kvm-module-not-loaded $ sudo modprobe kvm_intel'],
  ],
  [
    'no kvm: the BIOS says so',
    {
      files: { '/dev/kvm': undefined, '/proc/cpuinfo': 'flags\t: svm\n' },
      commands: { [JOURNAL]: 'kvm_amd: SVM disabled by BIOS\nkvm: disabled by bios\n' },
    },
    ['kvm warning kvm-off-in-firmware'],
  ],
  [
    'no kvm: the CPU',
    { files: { '/dev/kvm': undefined, '/proc/cpuinfo': 'flags\t: fpu\n' } },
    ['kvm warning kvm-not-in-cpu'],
  ],
  [
    'no kvm: nested',
    { files: { '/dev/kvm': undefined, '/proc/cpuinfo': 'flags\t: fpu hypervisor\n' } },
    ['kvm warning kvm-no-nesting'],
  ],
  [
    'no kvm: loaded without device',
    {
      files: {
        '/dev/kvm': undefined,
        '/proc/cpuinfo': 'flags\t: vmx\n',
        '/proc/modules': 'kvm_intel 1 0 - Live\n',
      },
    },
    ['kvm warning kvm-no-device $ udevadm trigger'],
  ],
  [
    'no kvm: another machine',
    { files: { '/dev/kvm': undefined }, machine: 'arm64' },
    ['kvm warning kvm-no-device $ sudo modprobe kvm'],
  ],
  [
    'a file in qemu.d',
    { files: { [`${ROOT}/qemu.d/own`]: '#!/bin/sh\n', [`${ROOT}/qemu.d/plain`]: 'x' } },
    [`qemu.d warning also-run-by-libvirt $ sudo mv ${ROOT}/qemu.d/own`],
  ],
  [
    'the kernel cannot be asked',
    { commands: { 'bridge -j vlan show': undefined } },
    ['bridges unknown not-known'],
  ],
];

/** The findings of the item of a case that have its level. */
async function ofCase(changes: Changes, [first = '']: Found): Promise<{ all: Finding[]; own: Finding[] }> {
  const [item, level] = first.split(' ');
  const all = await findings(changes);
  return { all, own: all.filter((each) => each.item === item && each.level === level) };
}

test.each(CASES)('%s', async (_what, changes, wanted) => {
  const { all, own } = await ofCase(changes, wanted);
  expect(own.map(({ item, level, code }) => `${item} ${level} ${code}`)).toEqual(
    wanted.map((text) => text.replace(/ \$ .*$/, '')),
  );
  for (const [place, text] of wanted.entries()) {
    const [, remedy] = text.split(' $ ');
    if (remedy !== undefined) expect(own[place]?.remedy).toContain(remedy);
  }
  // Whatever is not right has a command, and says nothing twice.
  for (const each of all) expect(each.remedy === null).toBe(each.level === 'ok');
  expect(new Set(all.map(({ message }) => message)).size).toBe(all.length);
});

test('what each says', async () => {
  const texts = new Map<string, string>();
  for (const [what, changes, wanted] of CASES) {
    const { own } = await ofCase(changes, wanted);
    const text = findingLines(own, false).join('\n');
    if (!texts.has(text)) texts.set(text, `# ${what}\n${text}\n`);
  }
  expectGolden(golden('check_cases.txt'), [...texts.values()].join('\n'));
});

asRoot.each<[what: string, harm: (file: string, folder: string) => void, found: string]>([
  ['its mode', (file) => chmodSync(file, 0o644), 'failure script-skipped $ sudo chmod 755 FILE'],
  [
    "its folder's mode",
    (_file, folder) => chmodSync(folder, 0o775),
    'failure script-unsafe $ sudo chmod go-w FOLDER',
  ],
  ['its owner', (file) => chownSync(file, 1, 1), 'failure script-unsafe $ sudo chown root FILE'],
  [
    'a link to nowhere',
    (file) => {
      rmSync(file);
      symlinkSync('nowhere', file);
    },
    'failure script-skipped $ sudo ./install.sh',
  ],
  ['a mask', (file) => writeFileSync(file, ''), 'warning script-masked $ sudo rm FILE'],
])('what keeps the dispatcher from running vlan_filtering: %s', async (_what, harm, told) => {
  const root = hooksRoot({
    'daemon_start.d/bridge_init': bundle('bridge_init'),
    ...Object.fromEntries(
      ['daemon_start', 'qemu_start_begin', 'qemu_started_begin'].map((phase) => [
        `${phase}.d/vlan_filtering`,
        bundle('vlan_filtering'),
      ]),
    ),
  });
  const folder = join(root, 'qemu_start_begin.d');
  const io = new FakeHost().io();
  const needed = () => readScripts(realCheckIo(io), root, readDispatchConf('', 'f'), false);
  const facts = await factsOf({});
  expect(checkScripts({ ...facts, needed: needed() })).toMatchObject([{ level: 'ok' }]);
  harm(join(folder, 'vlan_filtering'), folder);
  const [found, ...others] = checkScripts({ ...facts, needed: needed() });
  expect(others).toEqual([]);
  const text = `${found?.level} ${found?.code} $ ${found?.remedy}`;
  expect(text.replaceAll(join(folder, 'vlan_filtering'), 'FILE').replaceAll(folder, 'FOLDER')).toContain(
    told,
  );
});

test('a name is one word of a remedy, whatever it is', async () => {
  const name = '-$(id)';
  const xml = `<domain><name>${name}</name><devices><interface type='bridge'><source bridge='$(br)'/><target dev='x'/></interface></devices></domain>`;
  const found = await findings({
    files: {
      ...isOff,
      '/run/libvirt/qemu/x.xml': `<domstatus state='running'>${xml}</domstatus>`,
      ...bridgeInit('[$(br)]\ntrunk-port = eth0\n'),
      ...vlanFiltering('[x]\npvid = 100\n[veth9]\nguest = -$(id)*\n'),
    },
    bridges: [bridge('$(br)', { filtering: true })],
    ports: ['eth0', 'x'].map((name) => bridgePort(name, member(1), '$(br)')),
    stp: ['$(br)'],
    down: ['$(br)', 'eth0'],
  });
  const remedies = found.flatMap(({ item, remedy }) => (remedy === null ? [] : [`${item}: ${remedy}`]));
  expect(remedies).toEqual([
    'trunk: sudoedit /etc/libvirt/hooks/conf/bridge_init.conf && sudo bridge_init   # line 1, trunk-tags: add 100',
    "ports: sudo vlan_filtering -- '-$(id)'",
    "stp: sudo ip link set dev '$(br)' type bridge stp_state 0   # if there is no loop; else forward_delay 200",
    "uplink: sudo ip link set dev '$(br)' up",
    'uplink: sudo ip link set dev eth0 up && ip link show dev eth0',
  ]);
});

test('a trunk that carries what is needed by itself is told so', async () => {
  const found = await findings({
    files: bridgeInit('[br0]\ntrunk-port = eth0\ntrunk-tags = auto\n'),
    ...switchWith({ eth0: member(1), veth0: member(100) }),
  });
  expect(found.find(({ item }) => item === 'trunk')?.remedy).toBe('sudo bridge_init');
});

describe('whether a daemon knows the hooks, which are newer than it', () => {
  // The daemon is of 1 001 s, the hooks of 2 000 000 s.
  const started = (daemon: string, ...lines: (readonly [driver: string, seconds: number])[]) => ({
    '/proc/77/comm': `${daemon}\n`,
    '/proc/77/stat': `77 (${daemon}) S 1 ${'0 '.repeat(17)}100 0`,
    [`${ROOT}/logs/dispatch.log`]: lines
      .map(([driver, seconds]) => {
        const time = new Date(seconds * 1000).toISOString();
        return `{"time":"${time}","call":["${driver}","-","x","-","-"],"outcome":"ok"}\n`;
      })
      .join(''),
  });
  const stale = { '/run/kvmvlan/reload-needed': '76 100 libvirtd\n77 100 libvirtd\n' };
  const told = async (files: Readonly<Record<string, string>>) =>
    (await findings({ files })).filter(({ item }) => item === 'reload').map(({ message }) => message);
  const may = (daemon: string, names: string) => [
    `${daemon} may not have found the hooks yet (${names}): they are newer, and it has not called any`,
  ];

  test('one that has called any of them since its start: they have been replaced', async () => {
    expect(await told(started('libvirtd', ['daemon', 1002]))).toEqual([]);
    expect(await told(started('virtqemud', ['qemu', 500_000]))).toEqual([]);
    expect(await told(started('virtqemud', ['daemon', 1002]))).toEqual([]);
  });

  test('one that has called none since may not know them', async () => {
    expect(await told(started('libvirtd'))).toEqual(may('libvirtd', 'daemon, qemu, network'));
    expect(await told(started('libvirtd', ['qemu', 999]))).toEqual(may('libvirtd', 'daemon, qemu, network'));
    const unknown = await findings({ files: started('libvirtd'), isRoot: false });
    expect(unknown.find(({ item }) => item === 'reload')?.level).toBe('unknown');
    // Others call the hook `daemon` too.
    expect(await told(started('virtqemud', ['daemon', 2_000_100], ['network', 1002]))).toEqual(
      may('virtqemud', 'daemon, qemu'),
    );
  });

  test('one that the installer found to be older does not, until it calls one', async () => {
    const message =
      'libvirtd was started before the hooks were installed (daemon, qemu, network) and does not call them';
    expect(await told({ ...started('libvirtd', ['qemu', 1002]), ...stale })).toEqual([message]);
    expect(await told({ ...started('libvirtd', ['daemon', 2_000_001]), ...stale })).toEqual([]);
    const other = { '/run/kvmvlan/reload-needed': '77 99 libvirtd\n' };
    expect(await told({ ...started('libvirtd', ['daemon', 1002]), ...other })).toEqual([]);
  });
});

test('many things wrong, without root', async () => {
  const all = await findings({
    isRoot: false,
    files: {
      ...isOff,
      ...vlanFiltering('[veth0]\nguest = VM1\npvid = 4095\n'),
      [`${ROOT}/network`]: undefined,
      '/etc/libvirt/qemu': null,
      '/dev/kvm': undefined,
      '/proc/cpuinfo': 'flags\t: fpu vmx\n',
    },
    ...switchWith({ eth0: member(1) }),
    down: ['eth0'],
    stp: ['br0'],
    commands: { [JOURNAL]: undefined },
  });
  expectGolden(golden('check_bad.txt'), checkReport(all, false));
  expect(checkReport(all, true)).toContain('\x1b[31mfailure \x1b[0m');
});
