import { announcementFrames } from '../../../../lib/model/routes/announcement';
import { ip } from './addresses';

const mac = [0x3c, 0xec, 0xef, 0x01, 0x02, 0x03];

const hex = (frame: Uint8Array | undefined): string => Buffer.from(frame ?? []).toString('hex');

test('IPv4: a request and a reply of ARP', () => {
  const frames = announcementFrames({ mac, address: ip('203.0.113.20'), linkLocal: null });
  const ethernet = `${'f'.repeat(12)}3cecef0102030806`;
  expect(frames.map(hex)).toEqual([
    `${ethernet}00010800060400013cecef010203cb007114000000000000cb007114`,
    `${ethernet}00010800060400023cecef010203cb007114ffffffffffffcb007114`,
  ]);
});

test('IPv6: a neighbour advertisement to all nodes', () => {
  const [frame, ...more] = announcementFrames({
    mac,
    address: ip('2001:db8::20'),
    linkLocal: ip('fe80::3eec:efff:fe01:203'),
  });
  expect(more).toEqual([]);
  expect(hex(frame)).toBe(
    [
      '3333000000013cecef01020386dd',
      '6000000000203aff',
      'fe800000000000003eeceffffe010203',
      'ff020000000000000000000000000001',
      // The sum is computed by the reader below.
      `8800${hex(frame).slice(112, 116)}a0000000`,
      '20010db8000000000000000000000020',
      '02013cecef010203',
    ].join(''),
  );
});

test.each(['2001:db8::20', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::'])(
  'the sum over the advertisement of %s and its pseudo header is all ones',
  (text) => {
    const [frame = new Uint8Array()] = announcementFrames({ mac, address: ip(text), linkLocal: null });
    const packet = Buffer.from(frame.subarray(14));
    const icmp = packet.subarray(40);
    const header = Buffer.concat([packet.subarray(8, 40), Buffer.from([0, 0, 0, icmp.length, 0, 0, 0, 58])]);
    const all = Buffer.concat([header, icmp]);
    let sum = 0;
    for (let place = 0; place < all.length; place += 2) sum += all.readUInt16BE(place);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    expect(sum).toBe(0xffff);
  },
);
