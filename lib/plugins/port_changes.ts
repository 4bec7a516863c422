import type { PortChange } from './port_change';
import type { VlanFilteringReport } from './vlan_filtering_report';

/** The ports that a run has changed and that are now as wanted. */
export function portChanges({ ports, joins }: Pick<VlanFilteringReport, 'ports' | 'joins'>): PortChange[] {
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
