import { formatIp } from '../../../../lib/model/address/ip_address';
import { formatMac } from '../../../../lib/model/address/mac';
import { announcementFrames } from '../../../../lib/model/routes/announcement';
import { probeFrames, readClaim } from '../../../../lib/model/routes/probe';
import { ip } from './addresses';

const mac = [0x3c, 0xec, 0xef, 0x01, 0x02, 0x03];

const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');

/** What a frame says, as text; null: nothing. */
function claim(...parts: readonly string[]): string | null {
  const found = readClaim(Uint8Array.from(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex')));
  return found === null ? null : `${formatIp(found.address)} ${formatMac(found.mac)}`;
}

describe('what asks for an address', () => {
  const ethernet = `${'f'.repeat(12)}3cecef0102030806`;
  const probe = `${ethernet}00010800060400013cecef01020300000000000000000000cb007114`;

  test('IPv4: a probe, and a request if the host has an address', () => {
    expect(probeFrames(mac, ip('203.0.113.20'), null).map(hex)).toEqual([probe]);
    expect(probeFrames(mac, ip('203.0.113.20'), ip('203.0.113.1')).map(hex)).toEqual([
      probe,
      `${ethernet}00010800060400013cecef010203cb007101000000000000cb007114`,
    ]);
  });

  test('IPv6: a solicitation from no address to the group of the address', () => {
    expect(probeFrames(mac, ip('2001:db8::a1:b2c3'), ip('203.0.113.1')).map(hex)).toEqual([
      [
        '3333ffa1b2c3 3cecef010203 86dd',
        '60000000 0018 3a ff',
        '00000000000000000000000000000000',
        'ff0200000000000000000001ffa1b2c3',
        // The words of the pseudo header and the message add up to 419d6, so to 19da, whose complement is e625.
        '8700 e625 00000000',
        '20010db80000000000000000 00a1b2c3',
      ]
        .join('')
        .replaceAll(' ', ''),
    ]);
  });
});

describe('an address is in use', () => {
  const arp = '3cecef010203 525400000005 0806 0001 0800 06 04';

  test('a reply from the address', () => {
    expect(claim(arp, '0002 525400000006 cb007114 3cecef010203 00000000')).toBe(
      '203.0.113.20 52:54:00:00:00:06',
    );
  });

  test('a request of the address for another', () => {
    expect(claim(arp, '0001 525400000006 cb007114 000000000000 cb007101')).toBe(
      '203.0.113.20 52:54:00:00:00:06',
    );
  });

  test('a probe for it by another host', () => {
    expect(claim(arp, '0001 525400000006 00000000 000000000000 cb007114')).toBe(
      '203.0.113.20 52:54:00:00:00:06',
    );
  });

  test.each([
    ['an announcement of IPv4', '203.0.113.20'],
    ['an announcement of IPv6', '2001:db8::20'],
  ])('%s', (_, text) => {
    const frames = announcementFrames({ mac, address: ip(text), linkLocal: null });
    for (const frame of frames) expect(claim(hex(frame))).toBe(`${text} 3c:ec:ef:01:02:03`);
  });

  test.each(['203.0.113.20', '2001:db8::20'])('what asks for %s', (text) => {
    for (const frame of probeFrames(mac, ip(text), null))
      expect(claim(hex(frame))).toBe(`${text} 3c:ec:ef:01:02:03`);
  });

  const source = 'fe800000000000005054 00fffe000005';
  const ipv6 = `333300000001 525400000005 86dd 60000000 0020 3a ff ${source} ff020000000000000000000000000001`;
  const target = '20010db8000000000000000000000020';

  test.each([
    ['with its MAC address', '0201525400000006', '52:54:00:00:00:06'],
    ['with another option before that', '0e010102030405060201525400000006', '52:54:00:00:00:06'],
    ['with an option without a length', '0e000102030405060201525400000006', '52:54:00:00:00:05'],
    ['with half of its MAC address', '0201525400', '52:54:00:00:00:05'],
    ['without options', '', '52:54:00:00:00:05'],
  ])('an advertisement %s', (_, options, from) => {
    expect(claim(ipv6, '8800 0000 a0000000', target, options)).toBe(`2001:db8::20 ${from}`);
  });

  test.each([
    ['nothing', []],
    ['a solicitation by a host that has an address', [ipv6, '8700 0000 00000000', target]],
    ['another message of ICMPv6', [ipv6, '8600 0000 00000000', target]],
    [
      'an advertisement that a router forwarded',
      [ipv6.replace('3a ff', '3a fe'), '8800 0000 a0000000', target],
    ],
    ['another protocol', [ipv6.replace('3a ff', '11 ff'), '8800 0000 a0000000', target]],
    ['an advertisement that is cut off', [ipv6, '8800 0000 a0000000', target.slice(2)]],
    ['a reply to a probe', [arp, '0002 525400000006 00000000 3cecef010203 cb007114']],
    ['ARP that is cut off', [arp, '0002 525400000006 cb007114 3cecef010203 000000']],
    [
      'ARP of another network',
      [arp.replace('0800', '0806'), '0002 525400000006 cb007114 3cecef010203 00000000'],
    ],
    ['IPv4', ['3cecef010203 525400000005 0800', '00'.repeat(100)]],
  ])('%s says nothing', (_, parts) => {
    expect(claim(...parts)).toBeNull();
  });
});
