import fc from 'fast-check';
import { ipv6Text, readDatagram } from '../../../../lib/model/dhcp/datagram';
import { capturedPackets } from './captured';

test('IPv6 addresses are written as the WHATWG URL standard writes them', () => {
  const byte = fc.oneof(fc.constant(0), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { minLength: 16, maxLength: 16 }), (bytes) => {
      const groups = Array.from({ length: 8 }, (_, at) =>
        (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
      );
      expect(`[${ipv6Text(Uint8Array.from(bytes))}]`).toBe(new URL(`http://[${groups.join(':')}]`).hostname);
    }),
    { numRuns: 2000 },
  );
});

test('the padding of a short frame is no part of the datagram', () => {
  const [frame = new Uint8Array()] = capturedPackets().map(({ bytes }) => bytes);
  const padded = Uint8Array.from([...frame, 1, 2, 3]);
  expect(readDatagram(padded)).toEqual(readDatagram(frame));
  expect(readDatagram(frame)).toMatchObject({
    sourceMac: '52:54:00:00:01:00',
    destinationMac: 'ff:ff:ff:ff:ff:ff',
    source: '0.0.0.0',
    destinationPort: 67,
  });
});
