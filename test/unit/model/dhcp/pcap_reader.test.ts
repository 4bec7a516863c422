import fc from 'fast-check';
import { MAX_PACKET, pcapReader, type Packet } from '../../../../lib/model/dhcp/pcap_reader';
import { CAPTURE, capturedPackets } from './captured';

const HEADER = 24;

/** A capture in the other byte order, or with nanoseconds. */
function written(
  packets: readonly Packet[],
  isLittleEndian: boolean,
  magic: number,
  linkType = 1,
): Uint8Array {
  const perMs = magic === 0xa1b23c4d ? 1e6 : 1e3;
  const head = (words: readonly number[]): number[] => {
    const bytes = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach((word, index) => bytes.setUint32(index * 4, word, isLittleEndian));
    return [...new Uint8Array(bytes.buffer)];
  };
  const bodies = packets.flatMap(({ at, bytes }) => {
    const seconds = Math.floor(at / 1000);
    const fraction = Math.round((at - seconds * 1000) * perMs);
    return [...head([seconds, fraction, bytes.length, bytes.length]), ...bytes];
  });
  return Uint8Array.from([...head([magic, 0x00020004, 0, 0, MAX_PACKET, linkType]), ...bodies]);
}

/** In a form that is quick to compare. */
function inHex(packets: readonly Packet[]): string[] {
  return packets.map(({ at, bytes }) => `${Math.round(at)} ${Buffer.from(bytes).toString('hex')}`);
}

/** What a reader gives for these chunks. */
function readAll(chunks: readonly Uint8Array[]) {
  const read = pcapReader();
  const parts = chunks.map((chunk) => read(chunk));
  return { packets: parts.flatMap(({ packets }) => packets), last: parts.at(-1) };
}

test('a capture of tcpdump: its packets, with their times', () => {
  const packets = capturedPackets();
  expect(packets.map(({ bytes }) => bytes.length)).toEqual([
    342, 342, 342, 342, 342, 342, 118, 164, 164, 159, 342, 342, 342, 342,
  ]);
  expect(new Date(packets[0]?.at ?? 0).toISOString()).toMatch(/^20\d\d-.*T14:48:05\.659Z$/);
});

test.each([
  ['big-endian', false, 0xa1b2c3d4],
  ['nanoseconds', true, 0xa1b23c4d],
  ['big-endian, nanoseconds', false, 0xa1b23c4d],
])('%s: the same packets', (_what, isLittleEndian, magic) => {
  const { packets, last } = readAll([written(capturedPackets(), isLittleEndian, magic)]);
  expect(inHex(packets)).toEqual(inHex(capturedPackets()));
  expect(last).toMatchObject({ isOpen: true, problem: null });
});

test('it is open with its header, before the first packet', () => {
  const read = pcapReader();
  expect(read(CAPTURE.subarray(0, HEADER - 1))).toEqual({ packets: [], isOpen: false, problem: null });
  expect(read(CAPTURE.subarray(HEADER - 1, HEADER))).toEqual({ packets: [], isOpen: true, problem: null });
});

test('chunks of any size give the same packets', () => {
  const whole = inHex(capturedPackets());
  fc.assert(
    fc.property(fc.array(fc.nat(CAPTURE.length), { maxLength: 60 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), CAPTURE.length];
      const chunks = at.slice(1).map((end, index) => CAPTURE.subarray(at[index], end));
      expect(inHex(readAll(chunks).packets)).toEqual(whole);
    }),
  );
});

test('a truncated capture gives the packets that are whole', () => {
  const whole = inHex(capturedPackets());
  for (let length = 0; length < CAPTURE.length; length += 7) {
    const { packets, last } = readAll([CAPTURE.subarray(0, length)]);
    expect(inHex(packets)).toEqual(whole.slice(0, packets.length));
    expect(last?.problem).toBe(null);
  }
});

test.each<[string, Uint8Array, string]>([
  ['an error message', Buffer.from('tcpdump: eth9: No such device exists'), 'not-a-capture'],
  ['an interface without Ethernet', written([], true, 0xa1b2c3d4, 113), 'not-ethernet'],
  [
    'a packet longer than any',
    written([{ at: 0, bytes: new Uint8Array(MAX_PACKET + 1) }], true, 0xa1b2c3d4),
    'broken-packet',
  ],
])('%s is a problem, and nothing more is read', (_what, bytes, problem) => {
  const read = pcapReader();
  expect(read(bytes).problem).toBe(problem);
  expect(read(CAPTURE)).toMatchObject({ packets: [], problem });
});

test('any bytes: no packet is longer than it may be, and a reader never throws', () => {
  const start = fc.constantFrom(new Uint8Array(), CAPTURE.subarray(0, HEADER), CAPTURE.subarray(0, 900));
  fc.assert(
    fc.property(start, fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (first, chunks) => {
      const { packets } = readAll([first, ...chunks]);
      expect(Math.max(0, ...packets.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(MAX_PACKET);
      const total = [first, ...chunks].reduce((sum, { length }) => sum + length, 0);
      expect(packets.reduce((sum, { bytes }) => sum + bytes.length + 16, 0)).toBeLessThanOrEqual(total);
    }),
  );
});
