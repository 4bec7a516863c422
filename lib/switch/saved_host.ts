import { KnownError, type Egress, type PortVlans, type Vid } from '../types';
import type { Bridge, BridgePort, Host } from '../vlan/host';

/** What the kernel said before a change, as it is kept until the change is confirmed. */
export interface SavedHost {
  /** Tells this change from others. */
  readonly id: string;
  /** When it is undone: milliseconds since 1970. In the past: it is too late to keep it. */
  readonly until: number;
  /** Ports that are no guest's: the host is reached by them, so they come back before others. */
  readonly uplinks: readonly string[];
  readonly host: Host;
}

type VlansJson = { pvid: number | null; vlans: [number, Egress][] };
interface SavedJson {
  format: 1;
  id: string;
  until: number;
  /** Absent where an earlier version has written the file. */
  uplinks?: readonly string[];
  bridges: (Omit<Bridge, 'vlans'> & { vlans: VlansJson })[];
  ports: (Omit<BridgePort, 'vlans'> & { vlans: VlansJson })[];
}

/** The text of the file that keeps it. */
export function formatSavedHost({ id, until, uplinks, host }: SavedHost): string {
  const vlans = (from: PortVlans): VlansJson => ({ pvid: from.pvid, vlans: [...from.vlans] });
  const json: SavedJson = {
    format: 1,
    id,
    until,
    uplinks,
    bridges: [...host.bridges.values()].map((bridge) => ({ ...bridge, vlans: vlans(bridge.vlans) })),
    ports: [...host.ports.values()].map((port) => ({ ...port, vlans: vlans(port.vlans) })),
  };
  return `${JSON.stringify(json)}\n`;
}

/** What `formatSavedHost` wrote. Throws KnownError where it is something else. */
export function parseSavedHost(text: string, file: string): SavedHost {
  try {
    const json = JSON.parse(text) as SavedJson;
    const vlans = ({ pvid, vlans: list }: VlansJson): PortVlans => ({
      pvid: pvid as Vid | null,
      vlans: new Map(list as [Vid, Egress][]),
    });
    return {
      id: json.id,
      until: json.until,
      uplinks: json.uplinks ?? [],
      host: {
        bridges: new Map(json.bridges.map((b) => [b.name, { ...b, vlans: vlans(b.vlans) }])),
        ports: new Map(json.ports.map((p) => [p.name, { ...p, vlans: vlans(p.vlans) }])),
      },
    };
  } catch {
    throw new KnownError(
      `${file} is not what \`kvmvlan apply --confirm\` wrote there`,
      `Remove it, and look at \`kvmvlan plan\`.`,
    );
  }
}
