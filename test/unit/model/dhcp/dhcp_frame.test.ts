import fc from 'fast-check';
import { readDhcpFrame, type DhcpFrame } from '../../../../lib/model/dhcp/dhcp_frame';
import { capturedPackets, withTags } from './captured';

const CLIENT = '52:54:00:00:01:00';
const frames = capturedPackets().map(({ bytes }) => bytes);
const [discover = new Uint8Array(), offer = new Uint8Array()] = frames;

/** The frame with other bytes from here on. */
function changed(frame: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy.set(bytes, at);
  return copy;
}

const inWords = (frame: DhcpFrame | null): string =>
  frame === null
    ? 'none'
    : [`v${frame.family}`, frame.side, frame.type, frame.xid.toString(16), frame.address, frame.server].join(
        ' ',
      );

test('what udhcpc, dhclient and dnsmasq say', () => {
  const read = frames.map(readDhcpFrame);
  expect(read.map(inWords)).toEqual([
    'v4 client DISCOVER f1ffa814  ',
    'v4 server OFFER f1ffa814 192.0.2.18 192.0.2.1',
    'v4 client DISCOVER f1ffa814  ',
    'v4 server OFFER f1ffa814 192.0.2.18 192.0.2.1',
    'v4 client REQUEST f1ffa814  ',
    'v4 server ACK f1ffa814 192.0.2.18 192.0.2.1',
    'v6 client SOLICIT b5f564  ',
    'v6 server ADVERTISE b5f564 2001:db8::1c fe80::ff:fe00:1',
    'v6 client REQUEST 313ab3  ',
    'v6 server REPLY 313ab3 2001:db8::1c fe80::ff:fe00:1',
    'v4 client DISCOVER 83212165  ',
    'v4 server OFFER 83212165 192.0.2.18 192.0.2.1',
    'v4 client REQUEST 83212165  ',
    'v4 server ACK 83212165 192.0.2.18 192.0.2.1',
  ]);
  expect(read.every((frame) => frame?.client === CLIENT && frame.tags.length === 0)).toBe(true);
});

test.each<[string, [number, number][], [string, number][]]>([
  ['a VLAN', [[0x8100, 100]], [['802.1Q', 100]]],
  ['a priority and a VLAN', [[0x8100, 0xe064]], [['802.1Q', 100]]],
  ['only a priority', [[0x8100, 0xe000]], [['802.1Q', 0]]],
  [
    'two tags',
    [
      [0x88a8, 5],
      [0x8100, 4095],
    ],
    [
      ['802.1ad', 5],
      ['802.1Q', 4095],
    ],
  ],
])('%s is read from the tags', (_what, tags, expected) => {
  for (const frame of frames) {
    const read = readDhcpFrame(withTags(frame, ...tags));
    expect(read?.tags.map(({ protocol, vid }) => [protocol, vid])).toEqual(expected);
    expect({ ...read, tags: [] }).toEqual(readDhcpFrame(frame));
  }
});

/** Where the parts of an untagged frame begin. */
const [ETHERTYPE, IP, UDP, BOOTP] = [12, 14, 34, 42];
const OPTIONS = BOOTP + 240;

test.each<[string, Uint8Array]>([
  ['four tags', withTags(discover, [0x8100, 1], [0x8100, 2], [0x8100, 3], [0x8100, 4])],
  ['another protocol than IP', changed(discover, ETHERTYPE, 0x08, 0x06)],
  ['another version of IP', changed(discover, IP, 0x55)],
  ['an IP header that is too short', changed(discover, IP, 0x44)],
  ['a later fragment', changed(discover, IP + 6, 0x00, 0x01)],
  ['TCP', changed(discover, IP + 9, 6)],
  ['no cookie of DHCP', changed(discover, BOOTP + 236, 0)],
  ['an interface that is not Ethernet', changed(discover, BOOTP + 1, 32)],
  ['no type of message', changed(discover, OPTIONS, 255)],
  ['an unknown type', changed(discover, OPTIONS + 2, 99)],
  ['a question by a server', changed(discover, BOOTP, 2)],
  ['an answer by a client', changed(offer, BOOTP, 1)],
  ['a release, to which nobody answers', changed(discover, OPTIONS + 2, 7)],
  ['a datagram that ends before its options', changed(discover, UDP + 4, 0, 8 + 239)],
])('%s is no frame of DHCP', (_what, frame) => {
  expect(readDhcpFrame(frame)).toBe(null);
});

test.each<[string, Uint8Array, Partial<DhcpFrame>]>([
  [
    'an offer without the address of the server',
    changed(offer, OPTIONS + 3, 0, 0, 0, 0, 0, 0),
    { server: '192.0.2.1' },
  ],
  ['a refusal', changed(offer, OPTIONS + 2, 6), { type: 'NAK', address: null }],
  ['an offer of no address', changed(offer, BOOTP + 16, 0, 0, 0, 0), { type: 'OFFER', address: null }],
])('%s', (_what, frame, expected) => {
  expect(readDhcpFrame(frame)).toMatchObject(expected);
});

/** All texts in a frame come from tables, or are addresses. */
const SAFE = /^[0-9A-Za-z.:-]{1,40}$/;

test('whatever a guest sends: never an error, no endless work, and no text of its own', () => {
  const change = fc.tuple(fc.nat(400), fc.nat(255));
  const broken = fc
    .tuple(fc.constantFrom(...frames), fc.array(change, { maxLength: 12 }), fc.nat(400))
    .map(([frame, changes, length]) => {
      const copy = frame.slice(0, length);
      for (const [at, byte] of changes) if (at < copy.length) copy[at] = byte;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 500 })), (bytes) => {
      const read = readDhcpFrame(bytes);
      if (read === null) return;
      expect(read.client).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      for (const text of [read.type, read.address, read.server])
        if (text !== null) expect(text).toMatch(SAFE);
    }),
    { numRuns: 20_000 },
  );
});

test('a frame that is cut off anywhere says the same, or nothing', () => {
  for (const frame of frames) {
    const whole = readDhcpFrame(frame);
    for (let length = 0; length < frame.length; length++) {
      const read = readDhcpFrame(frame.subarray(0, length));
      if (read !== null)
        expect([read.type, read.xid, read.client]).toEqual([whole?.type, whole?.xid, whole?.client]);
    }
  }
});
