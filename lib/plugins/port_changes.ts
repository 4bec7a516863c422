import type { PluginOutcome } from './plugin';
import type { VlanFilteringReport } from './vlan_filtering_report';

/** A port that a run changed. */
export interface PortChange {
  readonly guest: string;
  readonly port: string;
  readonly bridge: string;
  /** The VLANs that it has now, in words; null: conf has none for it. */
  readonly now: string | null;
  /** Whether it had lost its bridge, and was put back. */
  readonly wasLost: boolean;
}

/** The ports that a run has changed and that are now as wanted. Only for runs that change something. */
export function portChanges({ report }: Pick<PluginOutcome, 'report'>): PortChange[] {
  // The report of other plugins and of an error has neither.
  const { ports = [], joins = [] } = report as Partial<VlanFilteringReport>;
  const lost = new Map(joins.map((join) => [join.dev, join]));
  const set = ports
    .filter(({ commands, problem }) => commands.length > 0 && problem?.level !== 'error')
    .flatMap(({ guest, port, now, ...found }): PortChange[] => {
      const join = lost.get(port);
      const bridge = join?.bridge ?? found.bridge;
      return bridge === null ? [] : [{ guest, port, bridge, now, wasLost: join !== undefined }];
    });
  const isSet = new Set(ports.map(({ port }) => port));
  const onlyJoined = joins
    .filter(({ dev }) => !isSet.has(dev))
    .map(({ dev, guest, bridge }): PortChange => ({ guest, port: dev, bridge, now: null, wasLost: true }));
  return [...set, ...onlyJoined];
}
