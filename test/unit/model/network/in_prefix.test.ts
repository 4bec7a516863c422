import { BlockList } from 'node:net';
import fc from 'fast-check';
import { isInPrefix4 } from '../../../../lib/model/network/in_prefix';

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
        expect(isInPrefix4(near, `${other}/${length}`)).toBe(list.check(near));
      },
    ),
  );
});
