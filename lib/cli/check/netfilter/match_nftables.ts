import { anyOf } from './chains';
import { DISCOVER, type Packet } from './discover';
import { isInNetwork, isInRange } from './networks';

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
  if (ct?.key === 'state') return (value) => value === DISCOVER.state;
  // It has no connection, so no flag of one.
  if (ct?.key === 'status') return () => false;
  if (payload !== undefined) return testOfPayload(payload.protocol, payload.field);
  return masked?.[0].meta?.key === 'mark' ? testOfMeta('mark', packet) : null;
}

function testOfMeta(key: string, { bridge, mayBeMarked }: Packet): Test | null {
  switch (key) {
    case 'iifname':
    case 'oifname':
    case 'iif':
    case 'oif':
      return (value) => (typeof value === 'string' ? isName(value, bridge) : null);
    case 'nfproto':
      return (value) => value === 'ipv4';
    case 'protocol':
      return (value) => value === 'ip';
    case 'l4proto':
      return (value) => value === DISCOVER.protocol || value === DISCOVER.protocolNumber;
    case 'mark':
      return mayBeMarked ? null : (value) => (typeof value === 'number' ? value === 0 : null);
    default:
      return null;
  }
}

function testOfPayload(protocol: string, field: string): Test | false | null {
  if (['ip6', 'tcp', 'icmp', 'icmpv6'].includes(protocol)) return false;
  if (!['ip', 'udp', 'th'].includes(protocol)) return null;
  switch (field) {
    case 'sport':
      return (value) => isPort(value, DISCOVER.sourcePort);
    case 'dport':
      return (value) => isPort(value, DISCOVER.destinationPort);
    case 'protocol':
      return (value) => value === DISCOVER.protocol;
    case 'saddr':
      return (value) => isAddress(value, DISCOVER.source);
    case 'daddr':
      return (value) => isAddress(value, DISCOVER.destination);
    default:
      return null;
  }
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

function isAddress(value: unknown, address: string): boolean | null {
  if (typeof value === 'string') return isInNetwork(address, value);
  const { range, prefix } = value as Element;
  if (range !== undefined) return isInRange(address, String(range[0]), String(range[1]));
  return prefix === undefined ? null : isInNetwork(address, `${prefix.addr}/${prefix.len}`);
}
