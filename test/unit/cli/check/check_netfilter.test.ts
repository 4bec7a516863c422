import { fateInIptables } from '../../../../lib/cli/check/netfilter/parse_iptables';
import { fatesInNftables } from '../../../../lib/cli/check/netfilter/parse_nftables';
import { walk } from '../../../../lib/cli/check/netfilter/chains';
import { runItems } from '../../../../lib/cli/check/run_items';
import { member, switchWith } from '../../model/host/host_parts';
import { factsOf, type Changes } from './facts_of';

/** `iptables -S` of a host with Docker 20.10. */
const DOCKER = `-P INPUT ACCEPT
-P FORWARD DROP
-P OUTPUT ACCEPT
-N DOCKER
-N DOCKER-ISOLATION-STAGE-1
-N DOCKER-ISOLATION-STAGE-2
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
`;

/** The part for forwarding of `iptables -S` of a host with ufw 0.36. */
const UFW = `-P INPUT DROP
-P FORWARD DROP
-P OUTPUT ACCEPT
-N ufw-after-forward
-N ufw-after-logging-forward
-N ufw-before-forward
-N ufw-before-logging-forward
-N ufw-reject-forward
-N ufw-track-forward
-N ufw-user-forward
-A FORWARD -j ufw-before-logging-forward
-A FORWARD -j ufw-before-forward
-A FORWARD -j ufw-after-forward
-A FORWARD -j ufw-after-logging-forward
-A FORWARD -j ufw-reject-forward
-A FORWARD -j ufw-track-forward
-A ufw-after-logging-forward -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -p icmp -m icmp --icmp-type 3 -j ACCEPT
-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-forward -j ufw-user-forward
`;

const drop = (...rules: string[]): string =>
  ['-P FORWARD DROP', '-N OWN', ...rules.map((rule) => `-A ${rule}`)].join('\n');

const IPTABLES: readonly (readonly [output: string, fate: string | null, what: string])[] = [
  [DOCKER, 'dropped', 'Docker'],
  [
    DOCKER.replace('-A DOCKER-USER', '-A DOCKER-USER -i br0 -o br0 -j ACCEPT\n$&'),
    'accepted',
    'its own chain',
  ],
  [UFW, 'dropped', 'ufw'],
  [`${UFW}-A ufw-user-forward -i br0 -o br0 -j ACCEPT\n`, 'accepted', 'ufw route allow in on br0 out on br0'],
  ['-P FORWARD ACCEPT', 'accepted', 'the default'],
  ['-P FORWARD ACCEPT\n-A FORWARD -j REJECT --reject-with icmp-host-prohibited', 'dropped', 'a last rule'],
  ['', null, 'no such chain'],
  [drop('FORWARD -m physdev --physdev-is-bridged -j ACCEPT'), 'accepted', 'all bridged frames'],
  [drop('FORWARD ! -i eth+ -j ACCEPT'), 'accepted', 'a negation'],
  [drop('FORWARD -i br+ -j ACCEPT'), 'accepted', 'a prefix'],
  [drop('FORWARD -i virbr0 -o virbr0 -j ACCEPT'), 'dropped', 'another bridge'],
  [drop('FORWARD -s 192.0.2.0/24 -i br0 -j ACCEPT'), 'dropped', 'addresses that a guest does not have yet'],
  [drop('FORWARD -i br0 -p udp -m udp --dport 67:68 -j ACCEPT'), 'accepted', 'only DHCP'],
  [drop('FORWARD -i br0 -p udp -m multiport --dports 53,123 -j ACCEPT'), 'dropped', 'other ports'],
  [drop('FORWARD -m comment --comment "-j ACCEPT" -j OWN'), 'dropped', 'a comment'],
  [drop('FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT'), 'dropped', 'a mark'],
  [drop('FORWARD -m set --match-set ok src -j ACCEPT'), 'unsure', 'a set'],
  [drop('FORWARD -m set --match-set ok src -j OWN', 'OWN -j ACCEPT'), 'unsure', 'a set, and a chain'],
  [drop('FORWARD -m set --match-set ok src -i eth1 -j ACCEPT'), 'dropped', 'a set for another interface'],
  [drop('FORWARD -m set ! --match-set bad src -j DROP', 'FORWARD -j ACCEPT'), 'accepted', 'a set of others'],
  [drop('FORWARD -g OWN', 'FORWARD -j ACCEPT'), 'dropped', 'no way back from a goto'],
  [drop('FORWARD -j OWN', 'OWN -j RETURN', 'OWN -j DROP', 'FORWARD -j ACCEPT'), 'accepted', 'a return'],
];

test.each(IPTABLES.map(([output, fate, what]) => [what, output, fate] as const))(
  'iptables: %s',
  (_what, output, fate) => {
    expect(fateInIptables(output, 'br0')).toBe(fate);
  },
);

test('chains that call each other end', () => {
  const target = { chain: 'a', isGoto: false };
  expect(walk(new Map([['a', [{ matches: true, target }]]]), 'a', 'drop')).toBe('dropped');
});

const chain = (table: string, name: string, more: object = {}): object => {
  const [family, of] = table.split(' ');
  return { chain: { family, table: of, name, handle: 1, ...more } };
};
const forward = (table: string, name: string, policy = 'accept'): object =>
  chain(table, name, { type: 'filter', hook: 'forward', prio: 0, policy });
const rule = (table: string, name: string, ...expr: object[]): object => {
  const [family, of] = table.split(' ');
  return { rule: { family, table: of, chain: name, handle: 1, expr } };
};
const is = (left: object, right: unknown, op = '=='): object => ({ match: { op, left, right } });
const meta = (key: string): object => ({ meta: { key } });
const nft = (...items: object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6', json_schema_version: 1 } }, ...items] });
const ACCEPT = { accept: null };
const jump = (target: string): object => ({ jump: { target } });

/** The rules for forwarding of firewalld 1.3, shortened: br0 is in the zone public. */
const firewalld = (...inZone: object[]): object[] => {
  const [table, own] = ['inet firewalld', 'filter_FORWARD'];
  return [
    forward(table, own),
    chain(table, 'filter_FORWARD_POLICIES'),
    chain(table, 'filter_FWD_public'),
    chain(table, 'filter_FWD_public_allow'),
    rule(table, own, is({ ct: { key: 'state' } }, { set: ['established', 'related'] }, 'in'), ACCEPT),
    rule(table, own, is({ ct: { key: 'status' } }, 'dnat', 'in'), ACCEPT),
    rule(table, own, is(meta('iifname'), 'lo'), ACCEPT),
    rule(table, own, is({ ct: { key: 'state' } }, 'invalid', 'in'), { drop: null }),
    rule(table, own, jump('filter_FORWARD_POLICIES')),
    rule(table, own, { reject: { type: 'icmpx', expr: 'admin-prohibited' } }),
    rule(table, 'filter_FORWARD_POLICIES', is(meta('iifname'), 'br0'), jump('filter_FWD_public')),
    rule(table, 'filter_FWD_public', jump('filter_FWD_public_allow')),
    rule(table, 'filter_FWD_public', is(meta('l4proto'), { set: ['icmp', 'ipv6-icmp'] }), ACCEPT),
    ...inZone.map((each) => rule(table, 'filter_FWD_public_allow', is(meta('oifname'), 'br0'), each)),
  ];
};
const own = (...statements: object[]): string =>
  nft(forward('inet own', 'f', 'drop'), rule('inet own', 'f', ...statements));

const NFTABLES: readonly (readonly [output: string, fates: Record<string, string>, what: string])[] = [
  [nft(...firewalld()), { 'inet firewalld': 'dropped' }, 'firewalld'],
  [nft(...firewalld(ACCEPT)), { 'inet firewalld': 'accepted' }, 'firewalld, forward: yes'],
  [nft(forward('inet own', 'f', 'drop')), { 'inet own': 'dropped' }, 'a policy'],
  [nft(forward('bridge own', 'f', 'drop'), forward('ip6 own', 'f', 'drop')), {}, 'other families'],
  [nft(forward('ip filter', 'FORWARD', 'drop')), {}, 'a table of iptables'],
  [nft(chain('inet own', 'f', { type: 'nat', hook: 'postrouting' })), {}, 'another hook'],
  [own(is(meta('iifname'), { set: ['br0', 'br1'] }), ACCEPT), { 'inet own': 'accepted' }, 'a set of names'],
  [own(is(meta('iifname'), 'br*'), ACCEPT), { 'inet own': 'accepted' }, 'a prefix'],
  [own(is(meta('iifname'), 'br0', '!='), ACCEPT), { 'inet own': 'dropped' }, 'not this bridge'],
  [
    own(is({ payload: { protocol: 'udp', field: 'dport' } }, { range: [67, 68] }), { counter: {} }, ACCEPT),
    { 'inet own': 'accepted' },
    'only DHCP',
  ],
  [
    own(is({ payload: { protocol: 'tcp', field: 'dport' } }, 67), ACCEPT),
    { 'inet own': 'dropped' },
    'only TCP',
  ],
  [
    own(is({ payload: { protocol: 'ip', field: 'saddr' } }, '192.0.2.1'), ACCEPT),
    { 'inet own': 'dropped' },
    'an address',
  ],
  [own(is(meta('mark'), 1), ACCEPT), { 'inet own': 'dropped' }, 'a mark'],
  [own(is({ ct: { key: 'zone' } }, 1), ACCEPT), { 'inet own': 'unsure' }, 'what is not understood'],
  [own({ limit: { rate: 1 } }, ACCEPT), { 'inet own': 'unsure' }, 'a limit'],
  [
    own({
      vmap: {
        key: meta('iifname'),
        data: {
          set: [
            ['br1', { drop: null }],
            ['br0', ACCEPT],
          ],
        },
      },
    }),
    { 'inet own': 'accepted' },
    'a verdict map',
  ],
  [own({ vmap: { key: meta('iifname'), data: '@zones' } }), { 'inet own': 'unsure' }, 'a named map'],
];

test.each(NFTABLES.map(([output, fates, what]) => [what, output, fates] as const))(
  'nftables: %s',
  (_what, output, fates) => {
    const found = fatesInNftables(output, 'br0', (table) => table === 'ip filter');
    expect(Object.fromEntries((found ?? []).map(({ table, fate }) => [table, fate]))).toEqual(fates);
  },
);

test('nftables that cannot be parsed', () => {
  expect(fatesInNftables('Error: syntax error', 'br0', () => false)).toBeNull();
});

const CALLS = { '/proc/sys/net/bridge/bridge-nf-call-iptables': '1\n' };
const TAGGED = { '/proc/sys/net/bridge/bridge-nf-filter-vlan-tagged': '1\n' };
const VM2 =
  "<domstatus state='running'><domain><name>VM2</name><devices><interface type='bridge'><source bridge='br0'/><target dev='veth1'/></interface></devices></domain></domstatus>";
const NATIVE = switchWith({ eth0: member(100, 200), veth0: member(100) });
const DROPS = { 'iptables -S': DOCKER };
const PERMANENT =
  "echo 'net.bridge.bridge-nf-call-iptables = 0' | sudo tee /etc/sysctl.d/90-kvmvlan.conf && echo br_netfilter | sudo tee /etc/modules-load.d/kvmvlan.conf && sudo sysctl --system";
const NARROW = 'sudo iptables -I FORWARD -i br0 -o br0 -j ACCEPT   # or permanently: ';

test.each<
  [what: string, changes: Changes, level: string, code: string, message: string, remedy: string | null]
>([
  ['nothing is seen', { ...NATIVE, commands: DROPS }, 'ok', 'ok', 'does not see bridged frames', null],
  [
    'only tagged frames',
    { files: CALLS, commands: DROPS },
    'ok',
    'ok',
    'without a tag (bridge-nf-call-iptables): none of them are frames of guests',
    null,
  ],
  [
    'a native VLAN',
    { ...NATIVE, files: CALLS, commands: DROPS },
    'failure',
    'bridged-frames-dropped',
    'iptables drops frames between the untagged ports of VLAN 100 in bridge br0, also DHCP',
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
    { files: { ...CALLS, ...TAGGED }, commands: { 'iptables -S': UFW } },
    'failure',
    'bridged-frames-dropped',
    'ufw drops all frames of bridge br0',
    `${NARROW}${PERMANENT}`,
  ],
  [
    'the bridge alone says so',
    {
      ...NATIVE,
      details: { br0: { linkinfo: { info_data: { nf_call_iptables: 1 } } } },
      commands: DROPS,
    },
    'failure',
    'bridged-frames-dropped',
    'VLAN 100',
    `${NARROW}sudo ip link set dev br0 type bridge nf_call_iptables 0`,
  ],
  [
    'firewalld',
    { ...NATIVE, files: CALLS, commands: { 'nft -j list ruleset': nft(...firewalld()) } },
    'failure',
    'bridged-frames-dropped',
    'firewalld drops frames',
    PERMANENT,
  ],
  [
    'iptables that prints its table itself',
    {
      ...NATIVE,
      files: CALLS,
      commands: { 'nft -j list ruleset': nft(forward('ip filter', 'FORWARD', 'drop')) },
    },
    'ok',
    'ok',
    'accepts them',
    null,
  ],
  [
    'no iptables, but its table',
    {
      ...NATIVE,
      files: CALLS,
      commands: {
        'iptables -S': undefined,
        'nft -j list ruleset': nft(forward('ip filter', 'FORWARD', 'drop')),
      },
    },
    'failure',
    'bridged-frames-dropped',
    'the table ip filter of nftables drops',
    PERMANENT,
  ],
  [
    'a rule that is not understood',
    {
      ...NATIVE,
      files: CALLS,
      commands: { 'iptables -S': drop('FORWARD -m set --match-set ok src -j ACCEPT') },
    },
    'warning',
    'iptables-rules-unknown',
    'iptables may drop frames',
    PERMANENT,
  ],
  [
    'without root',
    { ...NATIVE, files: CALLS, commands: { 'iptables -S': undefined }, isRoot: false },
    'warning',
    'iptables-rules-unknown',
    'without root',
    PERMANENT,
  ],
  [
    'the bridges cannot be read',
    { files: CALLS, commands: { ...DROPS, 'bridge -j vlan show': undefined } },
    'unknown',
    'not-known',
    'which ones is not known',
    'bridge vlan show',
  ],
])('check: %s', async (_what, changes, level, code, message, remedy) => {
  const found = runItems(await factsOf(changes)).filter(({ item }) => item === 'netfilter');
  expect(found).toEqual([
    { item: 'netfilter', level, code, message: expect.stringContaining(message) as string, remedy },
  ]);
});
