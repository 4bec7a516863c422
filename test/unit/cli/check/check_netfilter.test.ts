import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runItems } from '../../../../lib/cli/check/run_items';
import { bridge, bridgePort, member, switchWith } from '../../model/host/host_parts';
import { failed } from '../../fake_host/exec_results';
import { factsOf, type Changes } from './facts_of';
import { recordedCommands } from './netfilter/recorded';

const setting = (value: number) => ({ '/proc/sys/net/bridge/bridge-nf-call-iptables': `${value}\n` });
const CALLS = setting(1);
const TAGGED = { '/proc/sys/net/bridge/bridge-nf-filter-vlan-tagged': '1\n' };
const OWN = { br0: { linkinfo: { info_data: { nf_call_iptables: 1 } } } };
const VM2 =
  "<domstatus state='running'><domain><name>VM2</name><devices><interface type='bridge'><source bridge='br0'/><target dev='veth1'/></interface></devices></domain></domstatus>";
const NATIVE = switchWith({ eth0: member(100, 200), veth0: member(100) });
const rules = (name: string) => recordedCommands('debian-12', name);
const DROPS = rules('docker');
const DENIED = failed({ kind: 'exit', status: 4 });
const PERMANENT =
  "echo 'net.bridge.bridge-nf-call-iptables = 0' | sudo tee /etc/sysctl.d/90-kvmvlan.conf && echo br_netfilter | sudo tee /etc/modules-load.d/kvmvlan.conf && sudo sysctl -p /etc/sysctl.d/90-kvmvlan.conf";
const NARROW = 'sudo iptables -I FORWARD -i br0 -o br0 -j ACCEPT   # or permanently: ';

const found = async (changes: Changes) =>
  runItems(await factsOf(changes)).filter(({ item }) => item === 'netfilter');

test.each<
  [what: string, changes: Changes, level: string, code: string, message: string, remedy: string | null]
>([
  [
    'nothing is seen',
    { ...NATIVE, commands: DROPS },
    'ok',
    'ok',
    'iptables does not see bridged frames',
    null,
  ],
  [
    'only tagged frames',
    { files: CALLS, commands: DROPS },
    'ok',
    'ok',
    'iptables sees bridged frames without a tag (bridge-nf-call-iptables): none of them are frames of guests',
    null,
  ],
  [
    'a native VLAN',
    { ...NATIVE, files: CALLS, commands: DROPS },
    'failure',
    'bridged-frames-dropped',
    'iptables drops frames between the untagged ports of VLAN 100 in bridge br0, also DHCP: bridge-nf-call-iptables is on, and no rule accepts them',
    `${NARROW}${PERMANENT}`,
  ],
  [
    'two guests in a VLAN',
    {
      files: { ...CALLS, '/run/libvirt/qemu/VM2.xml': VM2 },
      commands: DROPS,
      ...switchWith({ eth0: member(1, 100, 200), veth0: member(100), veth1: member(100) }),
    },
    'failure',
    'bridged-frames-dropped',
    'VLAN 100 in bridge br0',
    `${NARROW}${PERMANENT}`,
  ],
  [
    'tagged frames too',
    { files: { ...CALLS, ...TAGGED }, commands: rules('ufw') },
    'failure',
    'bridged-frames-dropped',
    'ufw drops all frames of bridge br0',
    `${NARROW}${PERMANENT}`,
  ],
  [
    "only the bridge's own setting is on",
    { ...NATIVE, files: setting(0), details: OWN, commands: DROPS },
    'failure',
    'bridged-frames-dropped',
    'VLAN 100 in bridge br0, also DHCP: nf_call_iptables of br0 is on,',
    `${NARROW}sudo ip link set dev br0 type bridge nf_call_iptables 0`,
  ],
  [
    "only the bridge's own setting is on, and frames are accepted",
    { ...NATIVE, files: setting(0), details: OWN },
    'ok',
    'ok',
    'iptables sees bridged frames (nf_call_iptables of br0), and its FORWARD rules accept them',
    null,
  ],
  [
    'only the own setting of a bridge without guests is on',
    {
      bridges: [bridge('br0', { filtering: true }), bridge('br1')],
      ports: [bridgePort('eth0', member(100, 200)), bridgePort('veth0', member(100))],
      files: setting(0),
      details: { br1: OWN.br0 },
      commands: DROPS,
    },
    'ok',
    'ok',
    'without a tag (nf_call_iptables of br1): none of them are frames of guests',
    null,
  ],
  [
    "the bridge's own setting without the module br_netfilter",
    { ...NATIVE, details: OWN, commands: DROPS },
    'ok',
    'ok',
    'iptables does not see bridged frames',
    null,
  ],
  [
    'firewalld',
    { ...NATIVE, files: CALLS, commands: rules('firewalld') },
    'failure',
    'bridged-frames-dropped',
    'firewalld drops frames',
    PERMANENT,
  ],
  [
    'a table of nftables',
    { ...NATIVE, files: CALLS, commands: rules('native_filter_lower') },
    'failure',
    'bridged-frames-dropped',
    'the table ip filter of nftables drops frames',
    PERMANENT,
  ],
  [
    'iptables-legacy',
    { ...NATIVE, files: CALLS, commands: rules('legacy') },
    'failure',
    'bridged-frames-dropped',
    'iptables-legacy drops frames',
    `sudo iptables-legacy -I FORWARD -i br0 -o br0 -j ACCEPT   # or permanently: ${PERMANENT}`,
  ],
  [
    'rules that accept them',
    { ...NATIVE, files: CALLS, commands: rules('iptables_physdev') },
    'ok',
    'ok',
    'iptables sees bridged frames (bridge-nf-call-iptables), and its FORWARD rules accept them',
    null,
  ],
  [
    'a rule that is not understood',
    { ...NATIVE, files: CALLS, commands: rules('iptables_ipset') },
    'warning',
    'iptables-rules-unknown',
    'iptables may drop frames between the untagged ports of VLAN 100 in bridge br0, also DHCP: bridge-nf-call-iptables is on, and what becomes of them depends on a rule that kvmvlan does not understand',
    PERMANENT,
  ],
  [
    'rules of nftables that cannot be read',
    { ...NATIVE, files: CALLS, commands: { 'nft -j -t list ruleset': DENIED } },
    'warning',
    'iptables-rules-unknown',
    'nftables filters frames between the untagged ports of VLAN 100 in bridge br0 (bridge-nf-call-iptables) and may drop DHCP; its rules cannot be read: `nft -j -t list ruleset` does not print them',
    PERMANENT,
  ],
  [
    'without root',
    {
      ...NATIVE,
      files: CALLS,
      commands: { 'iptables-save': DENIED, 'nft -j -t list ruleset': DENIED },
      isRoot: false,
    },
    'warning',
    'iptables-rules-unknown',
    'iptables filters frames between the untagged ports of VLAN 100 in bridge br0 (bridge-nf-call-iptables) and may drop DHCP; its rules cannot be read without root',
    PERMANENT,
  ],
  [
    'the bridges cannot be read',
    { files: CALLS, commands: { ...DROPS, 'bridge -j vlan show': undefined } },
    'unknown',
    'not-known',
    'iptables sees bridged frames (bridge-nf-call-iptables); which ones is not known',
    'bridge vlan show',
  ],
])('check: %s', async (_what, changes, level, code, message, remedy) => {
  expect(await found(changes)).toEqual([
    { item: 'netfilter', level, code, message: expect.stringContaining(message) as string, remedy },
  ]);
});

test('a host on which netfilter sees no bridged frames is not asked for its rules', async () => {
  expect((await factsOf({ commands: DROPS })).netfilter.rules).toBeNull();
});

test('the guard has the name that check looks for', () => {
  const file = join(__dirname, '../../../../docs/examples/nftables/kvmvlan-guard.nft');
  expect(readFileSync(file, 'utf8')).toMatch(/^table bridge kvmvlan_guard \{$/m);
});
