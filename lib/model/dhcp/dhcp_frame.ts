import { formatMac } from '../address/mac';
import { ipText, readDatagram, type Datagram, type FrameTag } from './datagram';
import { viewOf } from './view_of';

/** Messages of clients that wait for an answer, by their numbers. Sources: RFC 2132 9.6, RFC 8415 7.3. */
const CLIENT = {
  4: { 1: 'DISCOVER', 3: 'REQUEST', 8: 'INFORM' },
  6: { 1: 'SOLICIT', 3: 'REQUEST', 4: 'CONFIRM', 5: 'RENEW', 6: 'REBIND', 11: 'INFORMATION-REQUEST' },
} as const;

/** Messages of servers. */
const SERVER = {
  4: { 2: 'OFFER', 5: 'ACK', 6: 'NAK' },
  6: { 2: 'ADVERTISE', 7: 'REPLY' },
} as const;

type Names<T> = T extends Readonly<Record<number, infer Name>> ? Name : never;
export type ClientMessage = Names<(typeof CLIENT)[4]> | Names<(typeof CLIENT)[6]>;
export type ServerMessage = Names<(typeof SERVER)[4]> | Names<(typeof SERVER)[6]>;
export type DhcpMessage = ClientMessage | ServerMessage;

/** A frame of DHCP, reduced to what a trace needs. It contains no text of the guest. */
export interface DhcpFrame {
  readonly family: 4 | 6;
  /** Who sends such a message. */
  readonly side: 'client' | 'server';
  readonly type: DhcpMessage;
  /** The number that a client gives its question, and the server its answer. */
  readonly xid: number;
  /** The MAC address of the client. */
  readonly client: string;
  readonly tags: readonly FrameTag[];
  /** The address that a server offers or gives; null: none. */
  readonly address: string | null;
  /** The address of the server; null in messages of clients. */
  readonly server: string | null;
}

/** Reads a frame. null: it is no question or answer of DHCP, or is broken. The frame may come from a guest, so nothing in it is trusted. */
export function readDhcpFrame(frame: Uint8Array): DhcpFrame | null {
  const datagram = readDatagram(frame);
  if (datagram === null) return null;
  return datagram.family === 4 ? readDhcp4(datagram) : readDhcp6(datagram);
}

const BOOT = { request: 1, reply: 2 } as const;
const COOKIE = 0x63825363;
const OPTIONS_4 = 240;
const TYPE = 53;
const SERVER_ID = 54;

/** The layout of RFC 2131, 2. */
function readDhcp4({ payload, tags, source }: Datagram): DhcpFrame | null {
  if (payload.length < OPTIONS_4) return null;
  const bytes = viewOf(payload);
  const [op, hardware, length] = payload;
  // The client is an Ethernet interface.
  if (hardware !== 1 || length !== 6 || bytes.getUint32(236) !== COOKIE) return null;
  const options = options4(payload.subarray(OPTIONS_4));
  const number = options.get(TYPE)?.[0] ?? 0;
  const common = {
    family: 4,
    xid: bytes.getUint32(4),
    client: formatMac(payload.subarray(28, 34)),
    tags,
  } as const;
  const asked = nameOf(CLIENT[4], number);
  if (op === BOOT.request && asked !== null)
    return { ...common, side: 'client', type: asked, address: null, server: null };
  const answered = nameOf(SERVER[4], number);
  if (op !== BOOT.reply || answered === null) return null;
  const given = ipText(payload.subarray(16, 20));
  const id = options.get(SERVER_ID);
  return {
    ...common,
    side: 'server',
    type: answered,
    address: answered === 'NAK' || given === '0.0.0.0' ? null : given,
    server: id?.length === 4 ? ipText(id) : source,
  };
}

/** The first option of each number, up to the end or to one that is truncated. */
function options4(bytes: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  const [PAD, END] = [0, 255];
  for (let at = 0; at < bytes.length;) {
    const number = bytes[at] ?? END;
    if (number === END) break;
    if (number === PAD) {
      at++;
      continue;
    }
    const length = bytes[at + 1];
    if (length === undefined || at + 2 + length > bytes.length) break;
    if (!options.has(number)) options.set(number, bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return options;
}

const TO_SERVER = 547;
const TO_CLIENT = 546;
const IA_NA = 3;
const IA_ADDRESS = 5;

/** The layout of RFC 8415, 8. The client is known only by its place in the frame. */
function readDhcp6(datagram: Datagram): DhcpFrame | null {
  const { payload, tags, destinationPort } = datagram;
  if (payload.length < 4) return null;
  const [number = 0] = payload;
  const xid = viewOf(payload).getUint32(0) & 0xffffff;
  const asked = nameOf(CLIENT[6], number);
  const common = { family: 6, xid, tags } as const;
  if (asked !== null && destinationPort === TO_SERVER)
    return {
      ...common,
      side: 'client',
      type: asked,
      client: datagram.sourceMac,
      address: null,
      server: null,
    };
  const answered = nameOf(SERVER[6], number);
  if (answered === null || destinationPort !== TO_CLIENT) return null;
  // Before the addresses: IAID, T1 and T2.
  const lease = option6(payload.subarray(4), IA_NA)?.subarray(12);
  const given = lease === undefined ? undefined : option6(lease, IA_ADDRESS);
  return {
    ...common,
    side: 'server',
    type: answered,
    client: datagram.destinationMac,
    address: given === undefined || given.length < 16 ? null : ipText(given.subarray(0, 16)),
    server: datagram.source,
  };
}

/** The first option with this number; undefined: none, or it is truncated. */
function option6(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  const words = viewOf(bytes);
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + words.getUint16(at + 2);
    if (end > bytes.length) return undefined;
    if (words.getUint16(at) === wanted) return bytes.subarray(at + 4, end);
    at = end;
  }
  return undefined;
}

function nameOf<T extends Readonly<Record<number, string>>>(names: T, number: number): Names<T> | null {
  return Object.hasOwn(names, number) ? (names[number] as Names<T>) : null;
}
