import { discover } from '../../../../../lib/cli/check/netfilter/packet';
import { fatesInNftables, parseNftables } from '../../../../../lib/cli/check/netfilter/parse_nftables';

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
const port = (protocol: string, field = 'dport'): object => ({ payload: { protocol, field } });
const address = (field: string): object => ({ payload: { protocol: 'ip', field } });
const nft = (...items: object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6', json_schema_version: 1 } }, ...items] });
const ACCEPT = { accept: null };
/** A chain that drops, with one rule. */
const own = (...statements: object[]): string =>
  nft(forward('inet own', 'f', 'drop'), rule('inet own', 'f', ...statements));

test.each<[what: string, output: string, fates: string[]]>([
  ['a policy', nft(forward('inet own', 'f', 'drop')), ['dropped']],
  ['other families', nft(forward('bridge own', 'f', 'drop'), forward('ip6 own', 'f', 'drop')), []],
  ['another hook', nft(chain('inet own', 'f', { type: 'nat', hook: 'postrouting' })), []],
  ['a set of names', own(is(meta('iifname'), { set: ['br0', 'br1'] }), ACCEPT), ['accepted']],
  ['a prefix of names', own(is(meta('iifname'), 'br*'), ACCEPT), ['accepted']],
  ['not this bridge', own(is(meta('iifname'), 'br0', '!='), ACCEPT), ['dropped']],
  ['a named set', own(is(meta('iifname'), '@bridges'), ACCEPT), ['unsure']],
  ['not in a named set', own(is(meta('iifname'), '@bridges', '!='), ACCEPT), ['unsure']],
  ['a named set of ports', own(is(port('udp'), '@dhcp'), ACCEPT), ['unsure']],
  ['a named set of states', own(is({ ct: { key: 'state' } }, '@states', 'in'), ACCEPT), ['unsure']],
  ['a named set of TCP ports', own(is(port('tcp'), '@web'), ACCEPT), ['dropped']],
  ['only DHCP', own(is(port('udp'), { range: [67, 68] }), { counter: {} }, ACCEPT), ['accepted']],
  ['only TCP', own(is(port('tcp'), 67), ACCEPT), ['dropped']],
  ['no TCP', own(is(port('tcp'), 67, '!='), ACCEPT), ['dropped']],
  ['an address', own(is(address('saddr'), '192.0.2.1'), ACCEPT), ['dropped']],
  ['a network', own(is(address('daddr'), { prefix: { addr: '240.0.0.0', len: 4 } }), ACCEPT), ['accepted']],
  ['addresses', own(is(address('saddr'), { range: ['0.0.0.0', '0.0.0.9'] }), ACCEPT), ['accepted']],
  ['an IPv6 address', own(is(port('ip6', 'saddr'), '::'), ACCEPT), ['dropped']],
  ['only IPv4', own(is(meta('protocol'), 'ip'), ACCEPT), ['accepted']],
  ['a property that is not known', own(is(meta('pkttype'), 'broadcast'), ACCEPT), ['unsure']],
  ['a field that is not known', own(is(port('ip', 'ttl'), 64), ACCEPT), ['unsure']],
  ['a header that is not known', own(is(port('ether', 'saddr'), '@guests'), ACCEPT), ['unsure']],
  ['what is not understood', own(is({ ct: { key: 'zone' } }, 1), ACCEPT), ['unsure']],
  ['an operator that is not understood', own(is(meta('mark'), 0, '>'), ACCEPT), ['unsure']],
  ['a limit', own({ limit: { rate: 1 } }, ACCEPT), ['unsure']],
  ['a quota', own({ quota: { val: 1 } }, ACCEPT), ['unsure']],
  [
    'a verdict map',
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
    ['accepted'],
  ],
  ['a named map', own({ vmap: { key: meta('iifname'), data: '@zones' } }), ['unsure']],
  ['no rules', '', []],
])('%s', (_what, output, fates) => {
  const found = fatesInNftables(parseNftables(output) ?? [], discover('br0'));
  expect(found.map(({ fate }) => fate)).toEqual(fates);
});

test('output that cannot be parsed', () => {
  expect(parseNftables('Error: syntax error')).toBeNull();
});
