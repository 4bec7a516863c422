import { join } from 'node:path';
import { apply } from '../../../lib/cli/apply/apply';
import type { CliArgs, Command } from '../../../lib/cli/command';
import { confirm } from '../../../lib/cli/confirm/confirm';
import { diagram } from '../../../lib/cli/diagram/diagram';
import { explain } from '../../../lib/cli/explain/explain';
import { inspect } from '../../../lib/cli/inspect/inspect';
import { log } from '../../../lib/cli/log/log';
import { plan } from '../../../lib/cli/plan/plan';
import { simulate } from '../../../lib/cli/simulate/simulate';
import { status } from '../../../lib/cli/status/status';
import { traceDhcp } from '../../../lib/cli/trace_dhcp/trace_dhcp';
import { undo } from '../../../lib/cli/undo/undo';
import { fixture } from '../model/guest/fixtures';
import { failed, NOT_FOUND, TIMED_OUT } from '../fake_host/exec_results';
import { guestXml, nicsIn, statusXml } from '../fake_host/guest_xml';
import { expectGolden } from '../golden';
import { FREE, type HostSetup } from '../fake_host/fake_host';
import { member, switchWith } from '../model/host/host_parts';
import { runCommand } from './run_command';

const CONF = '/etc/libvirt/hooks/conf';
const files = {
  [`${CONF}/bridge_init.conf`]: '[br0]\nbr-pvid = 999\n',
  [`${CONF}/vlan_filtering.conf`]: '',
  [`${CONF}/dispatch.conf`]: '',
};
const LOCK = { lock: FREE };
/** A host that is reached by eth0, and conf would have it otherwise. */
const switching = { ...switchWith({ eth0: member(1) }), addresses: { br0: '192.0.2.1' } };
const VLANS = 'bridge -j vlan show';
const LINKS = 'ip -j -d addr show';
const nobody = { isRoot: false };

const TCPDUMP = { commands: { 'tcpdump --version': 'tcpdump version 4.99.3\n' } };
const runs = (...nics: Parameters<typeof guestXml>[1]): HostSetup => ({
  files: { ...files, '/run/libvirt/qemu/VM1.xml': statusXml(guestXml('VM1', nics)) },
  links: ['vnet0'],
  ...TCPDUMP,
});
const traced = { guest: 'VM1', seconds: 30 };

const CASES: readonly (readonly [what: string, command: Command, args: CliArgs, host?: HostSetup])[] = [
  ['apply, not root', apply, {}, nobody],
  ['apply, cut off', apply, { yes: true }],
  ['apply, nobody to ask', apply, { force: true }],
  [
    'apply, a file that is none of ours',
    apply,
    {},
    { files: { ...files, '/var/lib/kvmvlan/pending.json': '{' } },
  ],
  ['confirm, not root', confirm, {}, nobody],
  ['confirm, nothing waits', confirm, {}, LOCK],
  ['undo, not root', undo, {}, nobody],
  ['status, no such name', status, { name: 'VM9' }],
  ['status, no number', status, { watch: true, interval: 0 }],
  ['status, no iproute2', status, {}, { commands: { [VLANS]: NOT_FOUND } }],
  [
    'status, ip fails',
    status,
    {},
    { commands: { [LINKS]: failed({ kind: 'exit', status: 1 }, 'Cannot open netlink\n') } },
  ],
  [
    'status, a tool that is another',
    status,
    {},
    { commands: { [VLANS]: 'Usage: bridge', [LINKS]: 'Usage: bridge' } },
  ],
  ['status, conf for root only', status, {}, { files: { ...files, [`${CONF}/bridge_init.conf`]: null } }],
  ['plan, no addresses', plan, {}, { commands: { [LINKS]: TIMED_OUT } }],
  ['diagram, no such bridge', diagram, { bridge: 'br7' }],
  ['diagram, no such bridge in conf', diagram, { bridge: 'br7', plan: true }],
  ['explain, no guest here', explain, { guest: 'VM9' }],
  [
    'explain, misspelt',
    explain,
    { guest: 'VM3' },
    { files: { '/run/libvirt/qemu/VM2.xml': fixture('qemu_start_begin') } },
  ],
  [
    'explain, not root',
    explain,
    { guest: 'VM1' },
    { ...nobody, files: { '/run/libvirt/qemu/VM1.xml': null } },
  ],
  ['inspect, nothing named', inspect, {}],
  ['inspect, both named', inspect, { guest: 'VM1', xml: 'x.xml' }],
  ['inspect, no file', inspect, { xml: 'x.xml' }],
  ['inspect, no XML', inspect, { xml: 'x.xml' }, { files: { 'x.xml': '<domain>' } }],
  ['simulate, no such driver', simulate, { driver: 'kvm', guest: 'VM1', operation: 'start' }],
  ['simulate, no such phase', simulate, { guest: 'VM1', operation: 'start', sub: 'end' }],
  ['trace-dhcp, no time', traceDhcp, { ...traced, seconds: 0 }],
  ['trace-dhcp, too long', traceDhcp, { ...traced, seconds: 3601 }],
  ['trace-dhcp, not root', traceDhcp, traced, nobody],
  ['trace-dhcp, no such guest', traceDhcp, traced],
  [
    'trace-dhcp, a guest that is off',
    traceDhcp,
    traced,
    { files: { ...files, '/etc/libvirt/qemu/VM1.xml': guestXml('VM1', []) } },
  ],
  ['trace-dhcp, no tcpdump', traceDhcp, traced, { ...runs(...nicsIn('br0', 'vnet0')), commands: {} }],
  [
    'trace-dhcp, no such interface',
    traceDhcp,
    { ...traced, interface: '7' },
    runs(...nicsIn('br0', 'vnet0')),
  ],
  ['trace-dhcp, in no bridge', traceDhcp, traced, runs(...nicsIn('br0', 'vnet0'))],
  ['trace-dhcp, no tap', traceDhcp, traced, runs({ type: 'direct', dev: 'macvtap0' })],
  [
    'trace-dhcp, one without a tap',
    traceDhcp,
    { ...traced, interface: '0' },
    runs({ type: 'direct', dev: 'macvtap0' }),
  ],
  ['log, not root', log, {}, { ...nobody, files: { '/etc/libvirt/hooks/logs/dispatch.log': null } }],
];

// Else apply would ask whoever runs the tests.
const { isTTY } = process.stdin;
beforeAll(() => (process.stdin.isTTY = false));
afterAll(() => (process.stdin.isTTY = isTTY));

test('what is said when something cannot be done, word for word', async () => {
  const told: string[] = [];
  for (const [what, command, args, host] of CASES) {
    const ran = await runCommand(command, args, { files, ...switching, ...host });
    told.push(`${what}: ${ran.status}\n  ${ran.stderr}`);
  }
  expectGolden(join(__dirname, 'golden/errors.txt'), told.join(''));
});
