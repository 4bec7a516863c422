import { journal, MAX_ENTRIES, type JournalFields } from '../system/log/journal';
import type { PortChange } from './port_change';

/**
 * Writes to the journal which ports were set: an entry for each guest. A tap that had lost its bridge is drift.
 *
 * @param about the fields that all entries share
 * @param toMessage makes a line that is clear without the fields
 */
export function journalChanges(
  changes: readonly PortChange[],
  about: JournalFields,
  toMessage: (text: string) => string,
): void {
  const set = changes.filter(({ wasLost }) => !wasLost);
  for (const ports of grouped(set, ({ guest }) => guest)) {
    const message = toMessage(`set ${ports.map(describe).join('; ')}`);
    const bridge = [...new Set(ports.map((port) => port.bridge))];
    journal({ ...about, ...fieldsOf(ports), bridge, message, kind: 'port-set' });
  }
  journalRepairs(
    changes.filter(({ wasLost }) => wasLost),
    [],
    about,
    (what) => toMessage(`repaired ${what}`),
  );
}

/**
 * Writes to the journal what was not as kvmvlan had left it: an entry for each bridge.
 *
 * @param bridges those whose own settings, trunks or host port were repaired
 */
export function journalRepairs(
  changes: readonly PortChange[],
  bridges: readonly string[],
  about: JournalFields,
  toMessage: (text: string) => string,
): void {
  const repaired: readonly Repair[] = [
    ...bridges.map((bridge): Repair => ({ bridge, port: null })),
    ...changes.map((port): Repair => ({ bridge: port.bridge, port })),
  ];
  for (const repairs of grouped(repaired, ({ bridge }) => bridge)) {
    const ports = repairs.flatMap(({ port }) => port ?? []);
    const own = [...new Set(repairs.flatMap(({ bridge, port }) => (port === null ? [bridge] : [])))];
    const what = [...own.map((bridge) => `bridge ${bridge}`), ...ports.map(describe)].join('; ');
    const bridge = [...new Set(repairs.map((repair) => repair.bridge))];
    const message = toMessage(what);
    journal({ ...about, ...fieldsOf(ports), bridge, message, kind: 'drift-repaired' });
  }
}

/** A port, or with null the bridge itself. */
interface Repair {
  readonly bridge: string;
  readonly port: PortChange | null;
}

function describe({ guest, port, bridge, now, wasLost }: PortChange): string {
  const how = wasLost ? `was in no bridge, and is in ${bridge} again` : '';
  const vlans = now === null ? '' : `now ${now}`;
  return `port ${port} of guest ${guest}: ${[how, vlans].filter((text) => text !== '').join(', ')}`;
}

function fieldsOf(ports: readonly PortChange[]): { guest: string[]; port: string[] } {
  return {
    guest: [...new Set(ports.map(({ guest }) => guest))],
    port: ports.map(({ port }) => port),
  };
}

/** The groups with the same key. The last one contains all that would be too many. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  const all = [...groups.values()];
  const rest = all.slice(MAX_ENTRIES - 1).flat();
  return [...all.slice(0, MAX_ENTRIES - 1), ...(rest.length === 0 ? [] : [rest])];
}
