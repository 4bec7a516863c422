import { judge } from '../../../../lib/cli/trace_dhcp/judge';
import { MAX_CONVERSATIONS } from '../../../../lib/cli/trace_dhcp/verdict';
import type { Sighting } from '../../../../lib/cli/trace_dhcp/sightings';
import type { TracedPort } from '../../../../lib/cli/trace_dhcp/traced_port';
import { member } from '../../model/host/host_parts';
import { MAC, OWN, port, saw, uplink } from './parts';

const OTHER = '52:54:00:00:00:99';

/** `v4 100 stopped DISCOVER`: protocol, VLAN, code, question, answer, and C if the guest got what it asked for. */
const inWords = (seen: readonly Sighting[], of: TracedPort = port()): string[] =>
  judge(of, seen).conversations.map(({ family, vlan, code, question, answer, isConfirmed }) =>
    [`v${family}`, vlan, code, question, answer?.type, isConfirmed ? 'C' : null]
      .filter((word) => word !== null && word !== undefined)
      .join(' '),
  );

const DISCOVER = saw('vnet0 <', 'DISCOVER');
const LEFT = saw('eth0 <', 'DISCOVER', { tags: [100] });
const CAME = saw('eth0 >', 'OFFER', { tags: [100] });
const OFFERED = saw('vnet0 >', 'OFFER');
const asks = (type: 'REQUEST' | 'DISCOVER', lastAt: number): Sighting => saw('vnet0 <', type, { lastAt });

test.each<[what: string, seen: readonly Sighting[], code: string, conversations: string[]]>([
  ['nothing', [], 'silent', []],
  ['a question at the port only', [DISCOVER], 'stopped', ['v4 100 stopped DISCOVER']],
  ['a question that left', [DISCOVER, LEFT], 'unanswered', ['v4 100 unanswered DISCOVER']],
  ['an answer that came', [DISCOVER, LEFT, CAME], 'lost', ['v4 100 lost DISCOVER OFFER']],
  ['an answer at the port', [DISCOVER, LEFT, CAME, OFFERED], 'answered', ['v4 100 answered DISCOVER OFFER']],
  ['an answer of another guest here', [DISCOVER, OFFERED], 'answered', ['v4 100 answered DISCOVER OFFER']],
  [
    'the address',
    [DISCOVER, OFFERED, asks('REQUEST', 1), saw('vnet0 >', 'ACK', { lastAt: 2 })],
    'answered',
    ['v4 100 answered REQUEST ACK C'],
  ],
  [
    'a request after an offer that does not leave',
    [DISCOVER, LEFT, CAME, OFFERED, asks('REQUEST', 1)],
    'stopped',
    ['v4 100 stopped REQUEST'],
  ],
  [
    'a request that is not confirmed',
    [DISCOVER, LEFT, OFFERED, asks('REQUEST', 1), saw('eth0 <', 'REQUEST', { tags: [100] })],
    'unanswered',
    ['v4 100 unanswered REQUEST'],
  ],
  ['a refusal', [asks('REQUEST', 1), saw('vnet0 >', 'NAK')], 'answered', ['v4 100 answered REQUEST NAK']],
  [
    'a refusal, and then no offer',
    [asks('REQUEST', 1), saw('vnet0 >', 'NAK'), asks('DISCOVER', 2), LEFT],
    'unanswered',
    ['v4 100 unanswered DISCOVER'],
  ],
  [
    'a guest that ignores its offers',
    [asks('DISCOVER', 9), LEFT, OFFERED],
    'answered',
    ['v4 100 answered DISCOVER OFFER'],
  ],
  [
    'an answer to a question before the trace',
    [saw('eth0 >', 'ACK', { tags: [100] }), saw('vnet0 >', 'ACK')],
    'answered',
    ['v4 100 answered ACK C'],
  ],
  [
    'DHCPv6',
    [saw('vnet0 <', 'SOLICIT'), saw('eth0 <', 'SOLICIT', { tags: [100] }), saw('eth0 >', 'ADVERTISE')],
    'lost',
    ['v6 100 lost SOLICIT ADVERTISE'],
  ],
  [
    'a reply at once that is lost',
    [saw('vnet0 <', 'SOLICIT'), saw('eth0 >', 'REPLY', { tags: [100] })],
    'lost',
    ['v6 100 lost SOLICIT REPLY'],
  ],
  [
    'one protocol of two is enough',
    [DISCOVER, saw('vnet0 >', 'ACK'), saw('vnet0 <', 'SOLICIT')],
    'answered',
    ['v4 100 answered DISCOVER ACK C', 'v6 100 stopped SOLICIT'],
  ],
  [
    'each VLAN needs an answer',
    [
      DISCOVER,
      saw('vnet0 >', 'ACK'),
      saw('vnet0 <', 'DISCOVER', { tags: [200], xid: 2 }),
      saw('eth0 <', 'DISCOVER', { tags: [200], xid: 2 }),
    ],
    'unanswered',
    ['v4 100 answered DISCOVER ACK C', 'v4 200 unanswered DISCOVER'],
  ],
  [
    'the same number in two VLANs',
    [DISCOVER, saw('vnet0 <', 'DISCOVER', { tags: [200] }), LEFT],
    'stopped',
    ['v4 100 unanswered DISCOVER', 'v4 200 stopped DISCOVER'],
  ],
  [
    'a tag that contains only a priority',
    [saw('vnet0 <', 'DISCOVER', { tags: [0] })],
    'stopped',
    ['v4 100 stopped DISCOVER'],
  ],
])('%s', (_what, seen, code, conversations) => {
  expect(judge(port(), seen).code).toBe(code);
  expect(inWords(seen)).toEqual(conversations);
});

describe('the DHCP of others does not count', () => {
  const ofOther = { client: OTHER };

  test.each<[string, readonly Sighting[]]>([
    [
      'at the uplink',
      [saw('eth0 <', 'DISCOVER', { ...ofOther, tags: [100] }), saw('eth0 >', 'OFFER', ofOther)],
    ],
    ['a broadcast to all in the VLAN', [saw('vnet0 >', 'ACK', ofOther)]],
    ['at another port', [saw('vnet1 <', 'DISCOVER')]],
    ['answers that never came here', [saw('eth0 >', 'ACK', { tags: [100] })]],
  ])('%s', (_what, seen) => {
    expect(judge(port(), seen)).toEqual({ code: 'silent', conversations: [], more: 0 });
    expect(inWords([DISCOVER, LEFT, ...seen.filter(({ frame }) => frame.client === OTHER)])).toEqual([
      'v4 100 unanswered DISCOVER',
    ]);
  });

  test('a client behind the guest counts only if the guest itself asks nothing', () => {
    const behind = [saw('vnet0 <', 'DISCOVER', ofOther)];
    expect(judge(port(), behind).code).toBe('stopped');
    expect(judge(port(), [...behind, DISCOVER, saw('vnet0 >', 'ACK')]).code).toBe('answered');
  });

  test('a guest that invents clients gets no endless report', () => {
    const many = Array.from({ length: 50 }, (_, at) =>
      saw('vnet0 <', 'DISCOVER', { client: `52:54:00:00:01:${at}`, xid: at }),
    );
    const { conversations, more } = judge(port(), [...many, DISCOVER]);
    expect([conversations.length, more]).toEqual([MAX_CONVERSATIONS, 51 - MAX_CONVERSATIONS]);
    expect(conversations[0]?.client).toBe(MAC);
  });
});

test.each<[string, TracedPort, readonly Sighting[], object[]]>([
  [
    'untagged, and no PVID',
    port({ vlans: member(null, 200) }),
    [DISCOVER],
    [{ code: 'untagged-without-pvid' }],
  ],
  [
    'a VLAN that the port does not have',
    port(),
    [saw('vnet0 <', 'DISCOVER', { tags: [300] })],
    [{ code: 'vlan-not-on-port', vlan: 300 }],
  ],
  ['a VLAN that the trunk lacks, which check finds', port({ exits: [uplink(member(1))] }), [DISCOVER], []],
  [
    'a VLAN that an uplink lacks which is no trunk',
    port({ exits: [uplink(member(1), { isTrunk: false }), OWN] }),
    [DISCOVER],
    [{ code: 'vlan-not-on-uplink', vlan: 100 }],
  ],
  ['no uplink', port({ exits: [OWN] }), [DISCOVER], [{ code: 'no-uplink' }]],
  [
    'an answer without the tag',
    port(),
    [DISCOVER, LEFT, saw('eth0 >', 'OFFER')],
    [{ code: 'answer-in-other-vlan', vlan: 1 }],
  ],
  [
    'an answer without the tag, and the uplink has no PVID',
    port({ exits: [uplink(member(null, 100))] }),
    [DISCOVER, LEFT, saw('eth0 >', 'OFFER')],
    [{ code: 'answer-in-other-vlan', vlan: null }],
  ],
  ['an answer in the right VLAN', port(), [DISCOVER, LEFT, CAME], []],
  [
    'an answer out of a tunnel, where VLANs have no tag',
    port({ exits: [uplink(member(null, 100), { isTunnel: true }), OWN] }),
    [DISCOVER, saw('eth0 <', 'DISCOVER'), saw('eth0 >', 'OFFER')],
    [],
  ],
])('why it stops: %s', (_what, of, seen, causes) => {
  expect(judge(of, seen).conversations.map((one) => one.causes)).toEqual([causes]);
});

test('without an uplink, the host is where questions go', () => {
  const here = port({ exits: [OWN] });
  const asked = saw('br0 <', 'DISCOVER', { tags: [100] });
  expect(inWords([DISCOVER, asked], here)).toEqual(['v4 100 unanswered DISCOVER']);
  expect(inWords([DISCOVER, asked, saw('br0 >', 'OFFER', { tags: [100] })], here)).toEqual([
    'v4 100 lost DISCOVER OFFER',
  ]);
  // With one, a question that only this host hears has not left it.
  expect(inWords([DISCOVER, asked])).toEqual(['v4 100 stopped DISCOVER']);
});

test('a bridge that does not filter has no VLANs', () => {
  const flat = port({ bridge: { name: 'br0', filtering: false, protocol: '802.1Q' } });
  expect(
    inWords([saw('vnet0 <', 'DISCOVER', { tags: [7] }), saw('eth0 <', 'DISCOVER', { tags: [7] })], flat),
  ).toEqual(['v4 unanswered DISCOVER']);
});

test('what passed: by place, in the order of the way, the same messages as one', () => {
  const [one] = judge(port(), [
    saw('vnet0 >', 'OFFER', { xid: 1 }),
    saw('eth0 >', 'OFFER', { tags: [100] }),
    saw('eth0 <', 'DISCOVER', { tags: [100], count: 2 }),
    saw('eth0 <', 'DISCOVER', { tags: [100], xid: 2 }),
    saw('vnet0 <', 'DISCOVER', { count: 2 }),
    saw('vnet0 <', 'DISCOVER', { xid: 2 }),
  ]).conversations;
  expect(
    one?.passed.map(({ dev, way, type, tags, count }) => [dev, way, type, tags.map(({ vid }) => vid), count]),
  ).toEqual([
    ['vnet0', 'from-guest', 'DISCOVER', [], 3],
    ['eth0', 'from-guest', 'DISCOVER', [100], 3],
    ['eth0', 'to-guest', 'OFFER', [100], 1],
    ['vnet0', 'to-guest', 'OFFER', [], 1],
  ]);
});
