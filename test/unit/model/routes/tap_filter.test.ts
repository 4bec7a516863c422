import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filterRemoval, filterRuleset, isFilterOf } from '../../../../lib/model/routes/tap_filter';
import { parseFilters, type FoundFilter, type TapFilter } from '../../../../lib/model/routes/tap_filter';
import { expectGolden } from '../../golden';
import { ip, prefix } from './addresses';
import { TAPS } from './filters';

const [VNET0, ODD] = TAPS as [TapFilter, TapFilter];

test('the rulesets of taps', () => {
  expectGolden(join(__dirname, 'golden/tap_filter.nft'), TAPS.map(filterRuleset).join(''));
});

test('the removal of filters', () => {
  expect(filterRemoval(['vnet0', 'w#é-1'])).toBe(
    [
      'add table netdev kvmvlan',
      'add chain netdev kvmvlan tap-vnet0',
      'delete chain netdev kvmvlan tap-vnet0',
      'add chain netdev kvmvlan tap-w/23/C3/A9-1',
      'delete chain netdev kvmvlan tap-w/23/C3/A9-1',
      '',
    ].join('\n'),
  );
  expect(filterRemoval([])).toBe('');
});

test.each(['a"; drop', 'vnet*', 'back\\', 'two\nlines'])('no ruleset can name %j', (tap) => {
  expect(() => filterRuleset({ ...VNET0, tap })).toThrow('no ruleset can name the interface');
});

test('a MAC address that is none is in no ruleset', () => {
  expect(() => filterRuleset({ ...VNET0, mac: '52:54:00:00:00:05 accept' })).toThrow(
    'no ruleset can hold the MAC address',
  );
});

describe.each(['1.0.6', '1.1.3'])('as nftables %s prints them', (version) => {
  const json = readFileSync(join(__dirname, `golden/taps-${version}.json`), 'utf8');
  const found = (text = json): FoundFilter => {
    const filter = parseFilters(text).get('vnet0');
    if (filter === undefined) throw new Error('there is no filter of vnet0');
    return filter;
  };

  test('the filters are what is wanted', () => {
    const filters = parseFilters(json);
    expect([...filters.keys()]).toEqual([VNET0.tap, ODD.tap]);
    expect(TAPS.map((tap) => isFilterOf(filters.get(tap.tap) ?? found(), tap))).toEqual([true, true]);
  });

  test.each<[string, Partial<TapFilter>]>([
    ['MAC address', { mac: '52:54:00:00:00:06' }],
    ['address fewer', { addresses: VNET0.addresses.slice(1) }],
    ['address more', { addresses: [...VNET0.addresses, ip('203.0.113.22')] }],
    ['network', { routes: [...VNET0.routes.slice(1), prefix('198.51.100.0/28')] }],
    ['tap', { tap: 'vnet1' }],
  ])('another %s is noticed', (_, change) => {
    expect(isFilterOf(found(), { ...VNET0, ...change })).toBe(false);
  });

  test('each rule that is removed, doubled, moved or emptied is noticed', () => {
    const { nftables: items } = JSON.parse(json) as { nftables: { rule?: { chain: string } }[] };
    const places = items.flatMap(({ rule }, place) => (rule?.chain === 'tap-vnet0' ? [place] : []));
    expect(places.length).toBeGreaterThan(15);
    for (const place of places) {
      const [before, rule, after] = [
        items.slice(0, place),
        items.slice(place, place + 1),
        items.slice(place + 1),
      ];
      const changes = {
        removed: [...before, ...after],
        doubled: [...before, ...rule, ...rule, ...after],
        moved: [...before, ...after, ...rule],
        emptied: [...before, { rule: { ...rule[0]?.rule, expr: [] } }, ...after],
      };
      const isLast = place === places.at(-1);
      for (const [change, nftables] of Object.entries(changes)) {
        const isSame = isFilterOf(found(JSON.stringify({ nftables })), VNET0);
        expect([place, change, isSame]).toEqual([place, change, isLast && change === 'moved']);
      }
    }
  });

  test.each<[string, string, string]>([
    ['policy', '"policy": "drop"', '"policy": "accept"'],
    ['hook', '"hook": "ingress"', '"hook": "egress"'],
    ['priority', '"prio": -300', '"prio": 0'],
    ['type', '"type": "filter"', '"type": "nat"'],
    ['verdict', '{"drop": null}', '{"accept": null}'],
    ['comparison', '"op": "!="', '"op": "=="'],
    ['operator', '"op": "=="', '"op": "<="'],
    ['mask', '"len": 29', '"len": 28'],
    ['set', '"right": "0.0.0.0"', '"right": {"set": ["0.0.0.0"]}'],
    ['counter', '{"counter": {"packets": 0, "bytes": 0}}', '{"counter": "named"}'],
    ['address', '203.0.113.21', '203.0.113.22'],
    ['field', '"field": "saddr"', '"field": "daddr"'],
    ['family', '"protocol": "arp"', '"protocol": "ip"'],
  ])('another %s is noticed', (_, from, to) => {
    expect(json).toContain(from);
    expect(isFilterOf(found(json.replace(from, to)), VNET0)).toBe(false);
  });

  test('counters do not matter', () => {
    const counted = json.replaceAll('"packets": 0', '"packets": 7');
    expect(isFilterOf(found(counted), VNET0)).toBe(true);
  });

  test('chains of others in the table, and of this name in other tables, are not read', () => {
    const others = json.replaceAll('tap-w/', 'TAP-w/');
    expect([...parseFilters(others).keys()]).toEqual(['vnet0']);
    expect(parseFilters(json.replaceAll('"table": "kvmvlan"', '"table": "other"')).size).toBe(0);
    expect(parseFilters(json.replaceAll('"family": "netdev"', '"family": "inet"')).size).toBe(0);
  });
});

test('a chain without a hook filters nothing', () => {
  const chain = { family: 'netdev', table: 'kvmvlan', name: 'tap-vnet0', handle: 1 };
  const filter = parseFilters(JSON.stringify({ nftables: [{ chain }] })).get('vnet0');
  expect(filter && isFilterOf(filter, VNET0)).toBe(false);
});

test('another device is noticed where nft reports it', () => {
  const json = readFileSync(join(__dirname, 'golden/taps-1.1.3.json'), 'utf8');
  const filter = parseFilters(json.replace('"dev": "vnet0"', '"dev": ["vnet0", "eth0"]')).get('vnet0');
  expect(filter && isFilterOf(filter, VNET0)).toBe(false);
});

test('what is not JSON is an error', () => {
  expect(() => parseFilters('table netdev kvmvlan {')).toThrow(
    'cannot parse the output of `nft -j list table`: table netdev kvmvlan {',
  );
});
