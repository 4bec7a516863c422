import { discover } from '../../../../../lib/cli/check/netfilter/packet';
import { walk } from '../../../../../lib/cli/check/netfilter/chains';
import { fateInIptables, setsMarksInIptables } from '../../../../../lib/cli/check/netfilter/parse_iptables';

const PACKET = discover('br0');

const saved = (policy: string, ...rules: string[]): string =>
  [
    ...['*nat', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -j DROP', 'COMMIT'],
    ...['*filter', ':INPUT DROP [0:0]', `:FORWARD ${policy} [0:0]`, ':OWN - [0:0]'],
    ...rules.map((rule) => `-A ${rule}`),
    'COMMIT\n',
  ].join('\n');
const drop = (...rules: string[]): string => saved('DROP', ...rules);

test.each<[what: string, output: string, fate: string]>([
  ['the default', saved('ACCEPT'), 'accepted'],
  ['no table', '', 'accepted'],
  ['only another table', '*nat\n:FORWARD DROP [0:0]\nCOMMIT\n', 'accepted'],
  ['a rule that only counts', drop('FORWARD -i br0', 'FORWARD -i br0 -j LOG'), 'dropped'],
  ['a negation', drop('FORWARD ! -i eth+ -j ACCEPT'), 'accepted'],
  ['a prefix', drop('FORWARD -i br+ -j ACCEPT'), 'accepted'],
  ['another bridge', drop('FORWARD -i virbr0 -o virbr0 -j ACCEPT'), 'dropped'],
  ['addresses that a guest does not have yet', drop('FORWARD -s 192.0.2.0/24 -i br0 -j ACCEPT'), 'dropped'],
  ['a mask that is not a prefix', drop('FORWARD -s 0.0.0.1/255.0.0.255 -j ACCEPT'), 'unsure'],
  ['other ports', drop('FORWARD -i br0 -p udp -m multiport --dports 53,123 -j ACCEPT'), 'dropped'],
  ['a comment', drop('FORWARD -m comment --comment "-j ACCEPT" -j OWN'), 'dropped'],
  ['a set, and a chain', drop('FORWARD -m set --match-set ok src -j OWN', 'OWN -j ACCEPT'), 'unsure'],
  ['a set for another interface', drop('FORWARD -m set --match-set ok src -i eth1 -j ACCEPT'), 'dropped'],
  ['a set of others', drop('FORWARD -m set ! --match-set bad src -j DROP', 'FORWARD -j ACCEPT'), 'accepted'],
  ['no way back from a goto', drop('FORWARD -g OWN', 'FORWARD -j ACCEPT'), 'dropped'],
  ['a return', drop('FORWARD -j OWN', 'OWN -j RETURN', 'OWN -j DROP', 'FORWARD -j ACCEPT'), 'accepted'],
])('%s', (_what, output, fate) => {
  expect(fateInIptables(output, PACKET)).toBe(fate);
});

test('a table that iptables cannot print', () => {
  const comment = "# Table `filter' is incompatible, use 'nft' tool.\n";
  expect(fateInIptables(comment, PACKET)).toBeNull();
  expect(fateInIptables(comment.replace('filter', 'nat') + drop(), PACKET)).toBe('dropped');
});

test('a mark is 0 unless a rule sets marks', () => {
  const rules = drop('FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT');
  expect(fateInIptables(rules, PACKET)).toBe('dropped');
  expect(fateInIptables(rules, { ...PACKET, mayBeMarked: true })).toBe('unsure');
  const unmarked = drop('FORWARD -m mark --mark 0x0/0x4000 -j ACCEPT');
  expect(fateInIptables(unmarked, PACKET)).toBe('accepted');
  expect(setsMarksInIptables(rules)).toBe(false);
  expect(setsMarksInIptables(drop('OWN -j MARK --set-xmark 0x4000/0x4000'))).toBe(true);
  expect(setsMarksInIptables(drop('OWN -j CONNMARK --restore-mark'))).toBe(true);
});

test('chains that call each other end', () => {
  const target = { chain: 'a', isGoto: false };
  expect(walk(new Map([['a', [{ matches: true, target }]]]), 'a', 'drop')).toBe('dropped');
});
