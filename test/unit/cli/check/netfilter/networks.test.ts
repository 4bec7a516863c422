import { isInNetwork, isInRange } from '../../../../../lib/cli/check/netfilter/networks';

test.each<[address: string, network: string, is: boolean | null]>([
  ['255.255.255.255', '255.255.255.255', true],
  ['255.255.255.255', '255.255.255.255/32', true],
  ['255.255.255.255', '240.0.0.0/4', true],
  ['255.255.255.255', '224.0.0.0/4', false],
  ['255.255.255.255', '0.0.0.0/0', true],
  ['0.0.0.0', '0.0.0.0/8', true],
  ['0.0.0.0', '0.0.0.1', false],
  ['0.0.0.0', '0.0.0.1/255.0.0.255', null],
  ['0.0.0.0', '0.0.0.0/33', null],
  ['0.0.0.0', '::/0', null],
  ['0.0.0.0', 'localhost', null],
])('%s in %s', (address, network, is) => {
  expect(isInNetwork(address, network)).toBe(is);
});

test('ranges', () => {
  expect(isInRange('0.0.0.0', '0.0.0.0', '0.0.0.9')).toBe(true);
  expect(isInRange('0.0.0.0', '192.0.2.1', '192.0.2.9')).toBe(false);
  expect(isInRange('0.0.0.0', '::', '::1')).toBeNull();
});
