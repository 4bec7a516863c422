import { BlockList } from 'node:net';
import fc from 'fast-check';
import { isInNetwork } from '../../../../lib/model/address/is_in_network';

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
  ['localhost', '0.0.0.0/0', null],
  ['2001:db8::1', '2001:db8::1', true],
  ['2001:db8::1', '2001:db8::9/64', true],
  ['2001:db8::1', '2001:db8:0:1::/64', false],
  ['::', '::/129', null],
])('%s in %s', (address, network, is) => {
  expect(isInNetwork(address, network)).toBe(is);
});

test('as node decides it', () => {
  const address = fc.ipV4();
  fc.assert(
    fc.property(
      address,
      address,
      fc.integer({ min: 0, max: 32 }),
      fc.boolean(),
      (one, other, length, isNear) => {
        const near = isNear ? other.replace(/\d+$/, '7') : one;
        const list = new BlockList();
        list.addSubnet(other, length);
        expect(isInNetwork(near, `${other}/${length}`)).toBe(list.check(near));
      },
    ),
  );
});
