import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUplinkFilterOf, uplinkRemoval, uplinkRuleset } from '../../../../lib/model/routes/good_citizen';
import { parseUplinkFilters, type UplinkFilter } from '../../../../lib/model/routes/good_citizen';
import { expectGolden } from '../../golden';
import { ip } from './addresses';
import { UPLINKS } from './filters';

const [ETH0] = UPLINKS as [UplinkFilter, UplinkFilter];

test('the rulesets of uplinks', () => {
  expectGolden(join(__dirname, 'golden/good_citizen.nft'), UPLINKS.map(uplinkRuleset).join(''));
});

test('the removal of filters', () => {
  expect(uplinkRemoval(['eth0'])).toBe(
    [
      'add table arp kvmvlan',
      'add chain arp kvmvlan in-eth0',
      'delete chain arp kvmvlan in-eth0',
      'add chain arp kvmvlan out-eth0',
      'delete chain arp kvmvlan out-eth0',
      '',
    ].join('\n'),
  );
});

test('an uplink that no ruleset can name', () => {
  expect(() => uplinkRuleset({ ...ETH0, uplink: 'eth*' })).toThrow(
    'no ruleset can name the interface "eth*"',
  );
});

describe.each(['1.0.6', '1.1.3'])('as nftables %s prints them', (version) => {
  const json = readFileSync(join(__dirname, `golden/uplinks-${version}.json`), 'utf8');
  const isWanted = (text: string, filter: UplinkFilter): boolean => {
    const found = parseUplinkFilters(text).get(filter.uplink);
    return found !== undefined && isUplinkFilterOf(found, filter);
  };

  test('the filters are what is wanted', () => {
    expect([...parseUplinkFilters(json).keys()]).toEqual(['eth0', 'br.1']);
    expect(UPLINKS.map((filter) => isWanted(json, filter))).toEqual([true, true]);
  });

  test('IPv6 addresses do not matter, IPv4 addresses do', () => {
    const also = (address: string): UplinkFilter => ({
      ...ETH0,
      addresses: [...ETH0.addresses, ip(address)],
    });
    expect(isWanted(json, also('2001:db8::21'))).toBe(true);
    expect(isWanted(json, also('203.0.113.21'))).toBe(false);
  });

  test.each([
    ['chain', '"name": "out-eth0"', '"name": "out-eth1"'],
    ['interface', '"right": "eth0"', '"right": "eth1"'],
    ['policy', '"policy": "accept"', '"policy": "drop"'],
    ['verdict', '{"drop": null}', '{"accept": null}'],
    ['operation', '"right": "request"', '"right": "reply"'],
  ])('another %s is noticed', (_, from, to) => {
    expect(json).toContain(from);
    expect(isWanted(json.replace(from, to), ETH0)).toBe(false);
  });
});
