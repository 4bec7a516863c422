import { BlockList, isIP, SocketAddress } from 'node:net';
import fc from 'fast-check';
import {
  contains,
  equalIp,
  formatIp,
  formatPrefix,
  parseIp,
  parsePrefix,
} from '../../../../lib/model/address/ip_address';

test.each([
  ['203.0.113.20', '203.0.113.20'],
  ['2001:DB8:0:0:0:0:0:20', '2001:db8::20'],
  ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['::1', '::1'],
  ['fe80::', 'fe80::'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
])('%s is %s', (text, canonical) => {
  const parsed = parseIp(text);
  expect(parsed === null ? null : formatIp(parsed)).toBe(canonical);
});

test.each([
  '',
  '1.2.3',
  '1.2.3.256',
  '01.2.3.4',
  '1:2',
  '::1::',
  '1::2::3',
  'fe80::1%eth0',
  '12345::',
  '1:2:3:4:5:6:7::8',
  'g::',
])('%j is no address', (text) => {
  expect(parseIp(text)).toBeNull();
});

test.each([
  '203.0.113.17/28',
  '203.0.113.16/33',
  '203.0.113.16/',
  '203.0.113.16/08',
  '::1/64',
  '1.2.3.0/24/24',
])('%j is no prefix', (text) => {
  expect(parsePrefix(text)).toBeNull();
});

const ipText = fc.oneof(fc.ipV4(), fc.ipV6());

test('whatever is an address for node is one here, and the same one', () => {
  fc.assert(
    fc.property(ipText, (text) => {
      const parsed = parseIp(text);
      expect(parsed).not.toBeNull();
      if (parsed === null) return;
      const written = formatIp(parsed);
      expect(isIP(written)).toBe(parsed.family);
      const list = new BlockList();
      const family = parsed.family === 4 ? 'ipv4' : 'ipv6';
      list.addAddress(new SocketAddress({ address: text, family }));
      expect(list.check(written, family)).toBe(true);
      expect(equalIp(parsed, parseIp(written) ?? parsed)).toBe(true);
    }),
  );
});

test('IPv6 addresses are written as the WHATWG URL standard writes them', () => {
  const byte = fc.oneof(fc.constant(0), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { minLength: 16, maxLength: 16 }), (bytes) => {
      const groups = Array.from({ length: 8 }, (_, at) =>
        (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
      );
      expect(`[${formatIp({ family: 6, bytes })}]`).toBe(new URL(`http://[${groups.join(':')}]`).hostname);
    }),
    { numRuns: 2000 },
  );
});

test('a prefix contains what it does for node', () => {
  const ask = fc.tuple(ipText, ipText, fc.nat(128)).map(([base, other, length]) => {
    const address = parseIp(base) ?? { family: 4 as const, bytes: [0, 0, 0, 0] };
    return { address, other: parseIp(other) ?? address, length: length % (address.bytes.length * 8 + 1) };
  });
  fc.assert(
    fc.property(ask, ({ address, other, length }) => {
      const list = new BlockList();
      const type = (ip: typeof address) => (ip.family === 4 ? 'ipv4' : 'ipv6');
      list.addSubnet(formatIp(address), length, type(address));
      // node also finds IPv4 addresses in IPv6 prefixes.
      const expected = other.family === address.family && list.check(formatIp(other), type(other));
      expect(contains({ address, length }, other)).toBe(expected);
      expect(contains({ address, length }, address)).toBe(true);
    }),
  );
});

test('a prefix as it is written', () => {
  const prefix = parsePrefix('2001:db8:0::/48');
  expect(prefix === null ? null : formatPrefix(prefix)).toBe('2001:db8::/48');
});
