import { join } from 'node:path';
import type { Vid } from '../../../../lib/model/vlan/vid';
import type { NetworkChange } from '../../../../lib/model/network/network_change';
import type { Proposal } from '../../../../lib/cli/bridge/proposal';
import { proposalJson } from '../../../../lib/cli/bridge/proposal_json';
import { renderProposal } from '../../../../lib/cli/bridge/render_proposal';
import { expectGolden } from '../../golden';
import { address, link, network, route } from '../../plan/network/some_network';

const CHANGE: NetworkChange = {
  backend: 'systemd-networkd',
  trial: [
    {
      path: '/run/systemd/network/05-kvmvlan-br0.netdev',
      text: '[NetDev]\nName=br0\n',
      mode: 0o644,
      over: null,
    },
  ],
  start: [{ command: 'networkctl', args: ['reload'] }],
  undo: [],
  kept: [
    {
      path: '/etc/systemd/network/05-kvmvlan-br0.netdev',
      was: null,
      text: '[NetDev]\nName=br0\n',
      mode: 0o644,
    },
  ],
  settle: [],
};

const PROPOSAL: Proposal = {
  kind: 'create',
  bridge: 'br0',
  port: 'eth0',
  before: network(
    [
      link('eth0', {
        addresses: [address('192.0.2.10/24', { isDynamic: true }), address('2001:db8::10/64')],
      }),
      link('eth0.200', {
        kind: 'vlan',
        below: 'eth0',
        vlan: { vid: 200 as Vid, protocol: '802.1Q' },
        addresses: [address('203.0.113.10/24')],
      }),
    ],
    {
      routes: [
        route('default', '192.0.2.1', 'eth0'),
        route('default', '192.0.2.1', 'eth0', { table: '100' }),
      ],
      linkDns: new Map([['eth0', { servers: ['192.0.2.53'], domains: ['example.net'] }]]),
    },
  ),
  move: { from: 'eth0', to: 'br0', vlans: ['eth0.200'] },
  manager: { name: 'systemd-networkd', by: '/etc/systemd/network/20-eth0.network' },
  problems: [
    {
      level: 'warning',
      code: 'bridge-cannot-keep',
      message: 'the route metric changes from 100 to 425.',
      hint: 'It matters only if the host has another default route.',
    },
  ],
  mentions: [{ where: '/etc/nftables.conf', line: 7, text: 'iifname "eth0" tcp dport 22 accept' }],
  plan: {
    change: CHANGE,
    record: { bridge: 'br0', port: 'eth0', vlans: [{ name: 'eth0.200', vid: 200 }], created: CHANGE },
    conf: null,
  },
};

const STYLE = { width: 100, color: false };
const golden = (name: string): string => join(__dirname, 'golden', name);

test('warnings first, then what moves, the files and the commands', () => {
  const diff =
    '--- /dev/null\n+++ /etc/systemd/network/05-kvmvlan-br0.netdev\n@@ -0,0 +1,2 @@\n+[NetDev]\n+Name=br0\n';
  expectGolden(golden('create.txt'), renderProposal(PROPOSAL, [diff], STYLE));
});

test('of many lines of one file, the first ones and how many more there are', () => {
  const mentions = Array.from({ length: 10 }, (_, at) => ({
    where: 'nft -t list ruleset',
    line: at + 1,
    text: 'x',
  }));
  const text = renderProposal({ ...PROPOSAL, mentions }, [], STYLE);
  expect(text).toContain('\n  nft -t list ruleset:8: x\n  nft -t list ruleset: 2 more lines\n');
});

test('a refusal shows only why', () => {
  const refused: Proposal = {
    ...PROPOSAL,
    mentions: [],
    plan: null,
    problems: [
      {
        level: 'error',
        code: 'bridge-wifi',
        message: 'eth0 is a Wi-Fi interface.',
        hint: 'Use a NIC with a cable.',
      },
    ],
  };
  expect(renderProposal(refused, [], STYLE)).toBe(
    'REFUSED: eth0 is a Wi-Fi interface. Use a NIC with a cable.\n',
  );
});

test('as JSON', () => {
  const text = JSON.stringify(proposalJson(PROPOSAL, { status: 'works', problems: [], until: 0 }), null, 2);
  expectGolden(golden('create.json'), text);
});
