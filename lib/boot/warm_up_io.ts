import type { HostIo, Log } from '../model/io';
import { STATUS_FOLDER } from '../system/libvirt/read_guests';

const DOMAIN = `<domain type='kvm'>
  <name>guest</name>
  <uuid>00000000-0000-0000-0000-000000000001</uuid>
  <devices>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:01'/>
      <source bridge='br0'/>
      <target dev='vnet0'/>
      <model type='virtio'/>
      <alias name='net0'/>
    </interface>
  </devices>
</domain>
`;

const FILES: Readonly<Record<string, string>> = {
  '/conf/vlan_filtering.conf': '[vnet0]\nguest = guest\npvid = 100\ntagged = 200,300\n',
  '/conf/bridge_init.conf': '[br0]\ntrunk-port = eth0\ntrunk-pvid = 1\nbr-pvid = 1\n',
  [`${STATUS_FOLDER}/guest.xml`]: `<domstatus state='running'>\n${DOMAIN}</domstatus>\n`,
};

const UNTAGGED = ['PVID', 'Egress Untagged'];
const VLANS = [
  ...['br0', 'eth0'].map((ifname) => ({ ifname, vlans: [{ vlan: 1, flags: UNTAGGED }] })),
  { ifname: 'vnet0', vlans: [{ vlan: 100, flags: UNTAGGED }, { vlan: 200 }, { vlan: 300 }] },
];

const UP = { flags: ['BROADCAST', 'UP', 'LOWER_UP'], addr_info: [] };
const BRIDGE = { vlan_filtering: 1, vlan_protocol: '802.1Q' };
const LINKS = [
  { ifname: 'br0', ifindex: 2, ...UP, linkinfo: { info_kind: 'bridge', info_data: BRIDGE } },
  ...['eth0', 'vnet0'].map((ifname, i) => ({
    ifname,
    ifindex: 3 + i,
    master: 'br0',
    ...UP,
    linkinfo: { info_kind: ifname === 'eth0' ? 'veth' : 'tun', info_slave_kind: 'bridge' },
  })),
];

/** A host in memory, with one guest whose port is as wanted. */
export function warmUpIo(log: Log): HostIo {
  return {
    exec: (tool) =>
      Promise.resolve({
        ok: true,
        stdout: JSON.stringify(tool === 'ip' ? LINKS : VLANS),
        stderr: '',
        end: { kind: 'exit', status: 0 },
      }),
    log,
    readText: (path) => FILES[path] ?? null,
    writeText: () => undefined,
    readFolder: (folder) => (folder === STATUS_FOLDER ? ['guest.xml'] : []),
    folderStamp: () => '',
    readInput: () => DOMAIN,
    lock: () => Promise.resolve(() => undefined),
    isRoot: true,
    now: () => 0,
    watch: () => ({ changed: () => Promise.resolve(), close: () => undefined }),
    sleep: () => Promise.resolve(),
  };
}
