import { viewOf } from './view_of';

/** The longest packet that a capture may contain, in bytes: tcpdump gets it as its snapshot length. DHCP needs less. */
export const MAX_PACKET = 2048;

/** A packet of a capture. */
export interface Packet {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Why the rest of a capture cannot be read. */
export type PcapProblem = 'not-a-capture' | 'not-ethernet' | 'broken-packet';

/** What a chunk of a capture contained. */
export interface PcapChunk {
  readonly packets: readonly Packet[];
  /** Whether the header has been read: the program is capturing. */
  readonly isOpen: boolean;
  /** null: none so far. After a problem nothing more is read. */
  readonly problem: PcapProblem | null;
}

const HEADER = 24;
const PACKET_HEADER = 16;
/** Fractions of a second by the first four bytes. Source: pcap-savefile(5). */
const UNITS_PER_MS: ReadonlyMap<number, number> = new Map([
  [0xa1b2c3d4, 1e3],
  [0xa1b23c4d, 1e6],
]);
const LINKTYPE_ETHERNET = 1;

/** The properties of a capture that its header contains. */
interface Header {
  readonly isLittleEndian: boolean;
  readonly unitsPerMs: number;
}

/**
 * Reads a capture as tcpdump writes it, in chunks of any size: the returned function takes the next one. It keeps at
 * most one incomplete packet.
 */
export function pcapReader(): (chunk: Uint8Array) => PcapChunk {
  let rest: Uint8Array = new Uint8Array();
  let header: Header | null = null;
  let problem: PcapProblem | null = null;
  return (chunk) => {
    const packets: Packet[] = [];
    if (problem === null) {
      const bytes = joined(rest, chunk);
      let at = 0;
      if (header === null && bytes.length >= HEADER) {
        const read = readHeader(viewOf(bytes));
        if (typeof read === 'string') problem = read;
        else header = read;
        at = HEADER;
      }
      while (header !== null && problem === null && bytes.length - at >= PACKET_HEADER) {
        const length = viewOf(bytes).getUint32(at + 8, header.isLittleEndian);
        if (length > MAX_PACKET) problem = 'broken-packet';
        else if (bytes.length - at - PACKET_HEADER < length) break;
        else packets.push(readPacket(bytes, at, length, header));
        at += PACKET_HEADER + length;
      }
      rest = problem === null ? bytes.slice(at) : new Uint8Array();
    }
    return { packets, isOpen: header !== null, problem };
  };
}

function readHeader(bytes: DataView): Header | PcapProblem {
  const isLittleEndian = UNITS_PER_MS.has(bytes.getUint32(0, true));
  const unitsPerMs = UNITS_PER_MS.get(bytes.getUint32(0, isLittleEndian));
  if (unitsPerMs === undefined) return 'not-a-capture';
  // The upper bits are about checksums of frames.
  const linkType = bytes.getUint32(20, isLittleEndian) & 0xffff;
  return linkType === LINKTYPE_ETHERNET ? { isLittleEndian, unitsPerMs } : 'not-ethernet';
}

function readPacket(bytes: Uint8Array, at: number, length: number, header: Header): Packet {
  const { isLittleEndian, unitsPerMs } = header;
  const seconds = viewOf(bytes).getUint32(at, isLittleEndian);
  const fraction = viewOf(bytes).getUint32(at + 4, isLittleEndian);
  const start = at + PACKET_HEADER;
  return { at: seconds * 1000 + fraction / unitsPerMs, bytes: bytes.slice(start, start + length) };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
