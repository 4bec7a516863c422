import { isInNetwork } from '../../../model/address/is_in_network';
import { both, walk, type Fate, type Rule, type Target } from './chains';
import type { Packet } from './packet';

/** The names of extensions whose mere use matches anything. */
const NEUTRAL = ['comment', 'physdev', 'conntrack', 'state', 'udp', 'tcp', 'icmp', 'multiport', 'mark'];

/**
 * What becomes of the packet in the chain FORWARD of the table `filter`, by the output of `iptables-save`; null: the tool
 * cannot print that table, because `nft` made it.
 */
export function fateInIptables(saved: string, packet: Packet): Fate | null {
  if (/^# Table `filter' .*incompatible/m.test(saved)) return null;
  const lines = (/^\*filter$([^]*?)^COMMIT$/m.exec(saved)?.[1] ?? '').split('\n');
  const chains = new Map<string, Rule[]>();
  for (const line of lines) {
    const name = /^:(\S+) /.exec(line)?.[1];
    if (name !== undefined) chains.set(name, []);
  }
  for (const line of lines) {
    const [, name = '', words = ''] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    chains.get(name)?.push(toRule(words, packet, chains));
  }
  return walk(chains, 'FORWARD', lines.some((line) => line.startsWith(':FORWARD DROP')) ? 'drop' : 'accept');
}

/** Whether any rule sets marks, in any table. */
export function setsMarksInIptables(saved: string): boolean {
  return /^-A .*-j (?:CONN)?MARK /m.test(saved);
}

function toRule(text: string, packet: Packet, chains: ReadonlyMap<string, unknown>): Rule {
  // Quotes are used for comments and prefixes of logs, which may contain anything.
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  let matches: boolean | null = true;
  for (let at = 0; at < words.length; at++) {
    const isNot = words[at] === '!';
    const option = words[isNot ? ++at : at] ?? '';
    if (option === '-j' || option === '-g') {
      const target = toTarget(words[at + 1] ?? '', option === '-g', chains);
      return { matches, target };
    }
    const hasValue = !(words[at + 1] ?? '-').startsWith('-') && words[at + 1] !== '!';
    const found = match(option, hasValue ? (words[++at] ?? '') : '', packet);
    matches = both(matches, found === null ? null : found !== isNot);
  }
  return { matches, target: null };
}

function toTarget(name: string, isGoto: boolean, chains: ReadonlyMap<string, unknown>): Target | null {
  if (chains.has(name)) return { chain: name, isGoto };
  if (name === 'ACCEPT' || name === 'NFQUEUE') return { verdict: 'accept' };
  if (name === 'DROP' || name === 'REJECT') return { verdict: 'drop' };
  return name === 'RETURN' ? { verdict: 'return' } : null;
}

/** Whether an option matches the packet; null: not known. Source: iptables(8), iptables-extensions(8). */
function match(option: string, value: string, packet: Packet): boolean | null {
  switch (option) {
    case '-m':
      return NEUTRAL.includes(value) ? true : null;
    case '--comment':
      return true;
    case '--physdev-is-bridged':
      return packet.isBridged;
    case '-i':
      return isInterface(value, packet.from);
    case '-o':
      return isInterface(value, packet.to);
    case '-p':
      return [packet.protocol, String(packet.protocolNumber), 'all'].includes(value);
    case '-s':
      return packet.source === null ? null : isInNetwork(packet.source, value);
    case '-d':
      return packet.destination === null ? null : isInNetwork(packet.destination, value);
    case '--ctstate':
    case '--state':
      return value.toLowerCase().split(',').includes(packet.state);
    case '--sport':
    case '--sports':
      return hasPort(value, packet.sourcePort);
    case '--dport':
    case '--dports':
      return hasPort(value, packet.destinationPort);
    case '--mark':
      // `0x10/0xff`, the second part being a mask.
      return packet.mayBeMarked ? null : Number(value.split('/')[0]) === 0;
    default:
      return null;
  }
}

function isInterface(pattern: string, name: string | null): boolean | null {
  if (name === null) return null;
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** @param list ports and ranges: `67`, `67:68`, `53,67` */
function hasPort(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const [first = '', last = first] = part.split(':');
    return Number(first) <= port && port <= (last === '' ? 65535 : Number(last));
  });
}
