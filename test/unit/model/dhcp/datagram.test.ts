import { readDatagram } from '../../../../lib/model/dhcp/datagram';
import { capturedPackets } from './captured';

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
