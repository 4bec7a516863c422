import { matchesGlob } from '../../text/glob';
import type { BridgeRequest } from '../backend';
import { newLine, type Stanza } from './interfaces_text';

/** Lines about interfaces by name, without those of other events than the start of the host. */
const LINE = /^(auto|allow-auto|allow-hotplug|no-auto-down|no-scripts)$/;

/** Whether a line of this class names the port. */
export function startsPort(all: readonly Stanza[], port: string, what: 'auto' | 'allow-hotplug'): boolean {
  return all.some(({ head }) => {
    const [first, ...names] = head?.words ?? [];
    return (first === what || (what === 'auto' && first === 'allow-auto')) && names.includes(port);
  });
}

/** Whether any line starts the port at boot, also by a pattern: `auto /eth*`. */
export function isStarted(all: readonly Stanza[], port: string): boolean {
  return all.some(({ head }) => {
    const [first = '', ...names] = head?.words ?? [];
    const isStart = /^(auto|allow-auto|allow-hotplug)$/.test(first);
    return isStart && names.some((name) => name === port || isPatternOf(name, port));
  });
}

/** Patterns with a variable, as `mac/…`, could be of any interface. Source: interfaces(5). */
function isPatternOf(word: string, port: string): boolean {
  const [variable, value = ''] = word.split('/');
  return word.includes('/') && (variable !== '' || matchesGlob(value.replace(/=.*$/, ''), port));
}

/**
 * A line like `auto eth0` with the bridge after its port. udev starts `allow-hotplug` interfaces when they appear; the
 * bridge never appears by itself, so it and all that depends on it become `auto`.
 */
export function startLines(stanza: Stanza, all: readonly Stanza[], request: BridgeRequest): Stanza[] {
  const { port, bridge, vlans } = request;
  const [first = '', ...names] = stanza.head?.words ?? [];
  const moved = (name: string): string =>
    name.startsWith(`${port.name}:`) ? bridge + name.slice(port.name.length) : name;
  const isConcerned = names.some(
    (name) => name === port.name || moved(name) !== name || vlans.some((vlan) => vlan.name === name),
  );
  if (!LINE.test(first) || !isConcerned) return [stanza];
  if (first !== 'allow-hotplug') {
    const wanted = names.flatMap((name) => (name === port.name ? [name, bridge] : [moved(name)]));
    return [{ ...stanza, head: newLine([first, ...wanted].join(' ')) }];
  }
  const later = names.filter((name) => moved(name) !== name || vlans.some((vlan) => vlan.name === name));
  const kept = names.filter((name) => !later.includes(name));
  const isBridgeHere = kept.includes(port.name) && !startsPort(all, port.name, 'auto');
  const auto = [...(isBridgeHere ? [bridge] : []), ...later.map(moved)];
  const lines = [
    ...(kept.length > 0 ? [`allow-hotplug ${kept.join(' ')}`] : []),
    ...(auto.length > 0 ? [`auto ${auto.join(' ')}`] : []),
  ];
  return lines.map((line, index) => ({
    head: newLine(line),
    body: index === lines.length - 1 ? stanza.body : [],
  }));
}
