import { isInNetwork } from '../../../model/address/is_in_network';
import { anyOf } from './chains';
import { isInRange } from './is_in_range';
import type { Packet } from './packet';

/** The expression `match` of a rule. Source: libnftables-json(5). */
export interface Match {
  readonly op: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Parts of the left side: what is compared. */
interface Left {
  readonly meta?: { readonly key: string };
  readonly ct?: { readonly key: string };
  readonly payload?: { readonly protocol: string; readonly field: string };
  /** A value and its mask. */
  readonly '&'?: readonly [Left, unknown];
}

/** Whether a value, or one element of a set, is what the packet has; null: not known. */
type Test = (value: unknown) => boolean | null;

/** The names of nft for the IP header of each family. */
const HEADER = { 4: 'ip', 6: 'ip6' } as const;

/** Whether an expression matches the packet; null: not known. */
export function matchNftables({ op, left, right }: Match, packet: Packet): boolean | null {
  const test = testOf(left ?? {}, packet);
  if (typeof test !== 'function') return test;
  const is = anyOf(values(right).map((value) => (isNamedSet(value) ? null : test(value))));
  return is === null ? null : op === '!=' ? !is : ['==', 'in'].includes(op) ? is : null;
}

function values(right: unknown): readonly unknown[] {
  if (Array.isArray(right)) return right;
  const { set } = typeof right === 'object' && right !== null ? (right as { set?: unknown }) : {};
  return Array.isArray(set) ? set : [right];
}

/** `@name`: its elements are not in the rule, and `nft -t` does not print them. */
function isNamedSet(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('@');
}

/** How to compare a property of the packet; false: another kind of packet has it; null: it is not known. */
function testOf({ meta, ct, payload, '&': masked }: Left, packet: Packet): Test | false | null {
  if (meta !== undefined) return testOfMeta(meta.key, packet);
  if (ct?.key === 'state') return (value) => value === packet.state;
  // No rule has changed its addresses.
  if (ct?.key === 'status') return () => false;
  if (payload !== undefined) return testOfPayload(payload.protocol, payload.field, packet);
  return masked?.[0].meta?.key === 'mark' ? testOfMeta('mark', packet) : null;
}

function testOfMeta(key: string, packet: Packet): Test | null {
  switch (key) {
    case 'iifname':
    case 'iif':
      return (value) => isInterface(value, packet.from);
    case 'oifname':
    case 'oif':
      return (value) => isInterface(value, packet.to);
    case 'nfproto':
      return (value) => value === `ipv${packet.family}`;
    case 'protocol':
      return (value) => value === HEADER[packet.family];
    case 'l4proto':
      return (value) => value === packet.protocol || value === packet.protocolNumber;
    case 'mark':
      return packet.mayBeMarked ? null : (value) => (typeof value === 'number' ? value === 0 : null);
    default:
      return null;
  }
}

function testOfPayload(protocol: string, field: string, packet: Packet): Test | false | null {
  const header = HEADER[packet.family];
  if (![header, packet.protocol, 'th'].includes(protocol))
    return ['ip', 'ip6', 'tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol) ? false : null;
  switch (field) {
    case 'sport':
      return (value) => isPort(value, packet.sourcePort);
    case 'dport':
      return (value) => isPort(value, packet.destinationPort);
    case 'protocol':
    case 'nexthdr':
      return (value) => value === packet.protocol;
    case 'saddr':
      return (value) => isAddress(value, packet.source);
    case 'daddr':
      return (value) => isAddress(value, packet.destination);
    default:
      return null;
  }
}

function isInterface(pattern: unknown, name: string | null): boolean | null {
  return name === null || typeof pattern !== 'string' ? null : isName(pattern, name);
}

function isName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Elements of a set that are no plain values. */
interface Element {
  readonly range?: readonly [unknown, unknown];
  readonly prefix?: { readonly addr: string; readonly len: number };
}

function isPort(value: unknown, port: number): boolean | null {
  if (typeof value === 'number') return value === port;
  const { range } = value as Element;
  return range === undefined ? null : Number(range[0]) <= port && port <= Number(range[1]);
}

function isAddress(value: unknown, address: string | null): boolean | null {
  if (address === null) return null;
  if (typeof value === 'string') return isInNetwork(address, value);
  const { range, prefix } = value as Element;
  if (range !== undefined) return isInRange(address, String(range[0]), String(range[1]));
  return prefix === undefined ? null : isInNetwork(address, `${prefix.addr}/${prefix.len}`);
}
