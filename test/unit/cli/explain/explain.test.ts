import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../../../lib/cli/explain/explain';
import { fixture } from '../../model/guest/fixtures';
import type { HostSetup } from '../../fake_host/fake_host';
import { bridge, bridgePort, member, switchWith } from '../../model/host/host_parts';
import { expectGolden } from '../../golden';
import { runCommand } from '../run_command';
import { asRoot, bundle, hooksRoot, withoutRoot } from '../hooks_root';

const golden = (name: string): string => join(__dirname, 'golden', name);
const CONF = `[veth1]
guest = VM2
pvid = 100
tagged = 200,300
[broken]
alias = net2
guest = VM2
pvid = x
[others]
guest = VM*
bridge = br0
pvid = 999
[never]
guest = VM2
bridge = br0
pvid = 5
[of somebody else]
guest = db1
nic = 0
`;
const DISPATCH =
  '[backup]\nguests = web*\n[notify]\nenabled = no\n[vlan_filtering]\ntimeout = 5\non-failure = abort\n';
const scripts = {
  'conf/dispatch.conf': DISPATCH,
  'qemu_start_begin.d/vlan_filtering': bundle('vlan_filtering'),
  'qemu_start_begin.d/10-own': '#!/bin/sh\n',
  'qemu_start_begin.d/README': 'about',
  'qemu_started_begin.d/backup': '#!/bin/sh\n',
  'qemu_started_begin.d/notify.sh': '#!/bin/sh\n',
  'qemu_started_begin.d/masked': '',
  'qemu.d/VM2/release/end/tidy': '#!/bin/sh\n',
};

async function explained(
  args: object,
  xml: string,
  kernel: HostSetup = switchWith({ veth1: member(100, 200, 300), vnet0: member(1) }),
  dispatch = DISPATCH,
) {
  const root = hooksRoot({ ...scripts, 'conf/dispatch.conf': dispatch });
  const files = {
    [`${root}/conf/vlan_filtering.conf`]: CONF,
    '/run/libvirt/qemu/VM2.xml': `<domstatus state='running'>${xml}</domstatus>`,
    '/etc/libvirt/qemu/off.xml': xml.replace('VM2', 'off').replaceAll(/<target dev='v.*/g, ''),
  };
  const ran = await runCommand(explain, { guest: 'VM2', ...args }, { ...kernel, files }, root);
  return { ...ran, stdout: withoutRoot(ran.stdout, root) };
}

const XML = fixture('qemu_started_begin').replace(/<metadata>[\s\S]*<\/metadata>/, '');
const METADATA =
  "<metadata><k:ports xmlns:k='urn:kvmvlan:ports:1'><k:port nic='0' pvid='7'/><k:port nic='2' pvid='8'/></k:ports></metadata>";

describe('kvmvlan explain', () => {
  asRoot('a running guest: scripts, skipped ones, sections and those passed over, the kernel', async () => {
    const ran = await explained({}, XML);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expectGolden(golden('explain_running.txt'), ran.stdout);
  });

  asRoot('a guest that is off, and a kernel that cannot be asked', async () => {
    const noTools = { commands: { 'bridge -j vlan show': undefined, 'ip -j -d addr show': undefined } };
    const ran = await explained({ guest: 'off' }, XML, noTools);
    expectGolden(golden('explain_off.txt'), ran.stdout);
  });

  asRoot('a script that dispatch.conf is wrong about fails', async () => {
    const { stdout } = await explained({}, XML, undefined, `${DISPATCH}guests =\n`);
    const reason = 'not run: ROOT/conf/dispatch.conf:8: [vlan_filtering] guests = : empty.';
    expect(stdout).toContain(`    2. vlan_filtering: fails: ${reason} `);
    expect(stdout).toContain('  ROOT/conf/dispatch.conf:8: [vlan_filtering] guests = : empty. ');
  });

  asRoot('guest_routes is not run where nothing is routed, not even if others can change it', async () => {
    const path = 'qemu_start_begin.d/guest_routes';
    const root = hooksRoot({ [path]: bundle('guest_routes') });
    chmodSync(join(root, path), 0o775);
    const files = { '/run/libvirt/qemu/VM2.xml': `<domstatus state='running'>${XML}</domstatus>` };
    const ran = await runCommand(explain, { guest: 'VM2' }, { ...switchWith({}), files }, root);
    expect(ran.stdout).toContain(
      '    -  guest_routes: skipped: nothing is routed on this host: guest_routes.conf has no section\n',
    );
  });

  asRoot('a script that others can change: why it fails', async () => {
    const root = hooksRoot({ 'qemu_start_begin.d/10-own': '#!/bin/sh\n' });
    const path = join(root, 'qemu_start_begin.d/10-own');
    chmodSync(path, 0o775);
    const files = { '/run/libvirt/qemu/VM2.xml': `<domstatus state='running'>${XML}</domstatus>` };
    const ran = await runCommand(explain, { guest: 'VM2' }, { ...switchWith({}), files }, root);
    expect(ran.stdout).toContain(`    1. 10-own: fails: ${path} can be written by users other than root: `);
  });

  test('VLANs that do not count are not as wanted, whatever they are', async () => {
    const elsewhere = {
      // In another bridge, which does not filter.
      bridges: [bridge('br1')],
      ports: [bridgePort('veth1', member(100, 200, 300), 'br1')],
    };
    const ran = await explained({ json: true }, XML, elsewhere);
    const { interfaces } = JSON.parse(ran.stdout) as { interfaces: object[] };
    expect(interfaces[0]).toMatchObject({
      now: 'PVID 100, tagged 200,300',
      isAsWanted: false,
      problems: ['in br1, not br0'],
    });
  });

  test('sections by alias and by bridge mean a guest that is off', async () => {
    const off = `<domain><name>off</name><devices>
      <interface type='user'/>
      <interface type='network'><source network='lan'/><alias name='ua-own'/></interface>
      <interface type='bridge'><source bridge='br1'/></interface></devices></domain>`;
    const root = hooksRoot(scripts);
    const files = {
      [`${root}/conf/vlan_filtering.conf`]: '[a]\nbridge = br0\n[b]\nalias = net1\n',
      '/etc/libvirt/qemu/off.xml': off,
      '/etc/libvirt/qemu/networks/lan.xml': "<network><bridge name='br0'/></network>",
    };
    const ran = await runCommand(explain, { guest: 'off', json: true }, { ...switchWith({}), files }, root);
    const { interfaces, problems } = JSON.parse(ran.stdout) as { interfaces: object[]; problems: string[] };
    expect(interfaces).toMatchObject([
      { alias: 'net0', wantedBy: null },
      {
        alias: 'ua-own',
        source: 'network lan, bridge br0',
        wantedBy: `${root}/conf/vlan_filtering.conf:1: [a]`,
      },
      { alias: 'net1', wantedBy: `${root}/conf/vlan_filtering.conf:3: [b]` },
    ]);
    expect(problems).toEqual([]);
  });

  test('metadata counts where no section does, and is passed over where one does', async () => {
    const ran = await explained({ json: true }, XML.replace('<memory', `${METADATA}<memory`));
    const { interfaces } = JSON.parse(ran.stdout) as { interfaces: object[] };
    expect(interfaces[0]).toMatchObject({
      wanted: 'PVID 100, tagged 200,300',
      wantedBy: 'ROOT/conf/vlan_filtering.conf:1: [veth1]',
      isAsWanted: true,
      passedOver: [
        'ROOT/conf/vlan_filtering.conf:9: [others]',
        'ROOT/conf/vlan_filtering.conf:13: [never]',
        "metadata of guest VM2: <port nic='0' pvid='7'/>",
      ],
    });
    expect(interfaces[3]).toMatchObject({ wanted: null, wantedBy: null, now: null });
  });
});
