import { KnownError } from '../../model/known_error';
import type { Egress, PortVlans } from '../../model/vlan/port_vlans';
import type { Vid } from '../../model/vlan/vid';
import type { Touched } from '../../plan/plan_rollback';
import type { Bridge, BridgePort } from '../../model/host/host';
import {
  moveOfJson,
  moveToJson,
  type PendingMove,
  type PendingMoveJson,
} from '../../model/network/pending_move';
import { PENDING_FILE } from './state_files';

/** A conf file of a change, and the text that it gets back if the change is not confirmed. */
export interface PendingFile {
  /** Its name: `bridge_init`, `vlan_filtering`, `guest_routes`. */
  readonly name: string;
  readonly path: string;
  /** The text that was in effect before; null: none ever was. */
  readonly was: string | null;
  /** The text that the change applies. */
  readonly tried: string;
}

/** A change that waits to be confirmed, or is being rolled back. */
export interface Pending {
  /** Identifies this change. */
  readonly id: string;
  /** The boot in which it was made: /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  /**
   * When it is rolled back, in milliseconds since 1970. 0: the rollback has started, so it cannot be confirmed.
   */
  readonly until: number;
  /** The hooks root whose conf it applies. */
  readonly root: string;
  readonly files: readonly PendingFile[];
  readonly touched: Touched;
  /** If the host's network itself was changed; null: only VLANs. */
  readonly move: PendingMove | null;
}

type BridgeJson = Omit<Bridge, 'vlans'> & { vlans: VlansJson };
type PortJson = Omit<BridgePort, 'vlans' | 'tunnels'> & { vlans: VlansJson; tunnels: TunnelsJson | null };
type TunnelsJson = [Vid, number][];
type VlansJson = { pvid: number | null; vlans: [number, Egress][] };
interface PendingJson extends Omit<Pending, 'touched' | 'move'> {
  readonly format: 2;
  readonly uplinks: readonly string[];
  readonly bridges: BridgeJson[];
  readonly ports: PortJson[];
  readonly move?: PendingMoveJson;
}

/** The text of pending.json. */
export function formatPending({ touched, move, ...pending }: Pending): string {
  const vlans = (from: PortVlans): VlansJson => ({ pvid: from.pvid, vlans: [...from.vlans] });
  const json: PendingJson = {
    format: 2,
    ...pending,
    ...(move === null ? {} : { move: moveToJson(move) }),
    uplinks: touched.uplinks,
    bridges: [...touched.bridges.values()].map((bridge) => ({ ...bridge, vlans: vlans(bridge.vlans) })),
    ports: [...touched.ports.values()].map(({ tunnels, ...port }) => ({
      ...port,
      vlans: vlans(port.vlans),
      tunnels: tunnels === null ? null : [...tunnels],
    })),
  };
  return `${JSON.stringify(json)}\n`;
}

/** Reads what `formatPending` wrote. Throws KnownError for any other text, and for that of another version. */
export function parsePending(text: string): Pending {
  try {
    const json = JSON.parse(text) as PendingJson;
    if (json.format !== 2) throw new Error(`format ${String(json.format)}`);
    const vlans = ({ pvid, vlans: list }: VlansJson): PortVlans => ({
      pvid: pvid as Vid | null,
      vlans: new Map(list as [Vid, Egress][]),
    });
    const { id, bootId, until, root, files, uplinks, bridges, ports, move } = json;
    return {
      id,
      bootId,
      until,
      root,
      files,
      move: move === undefined ? null : moveOfJson(move),
      touched: {
        uplinks,
        bridges: new Map(bridges.map((b) => [b.name, { ...b, vlans: vlans(b.vlans) }])),
        ports: new Map(
          ports.map(({ tunnels, ...p }) => [
            p.name,
            { ...p, vlans: vlans(p.vlans), tunnels: tunnels === null ? null : new Map(tunnels) },
          ]),
        ),
      },
    };
  } catch (error) {
    throw new KnownError(
      `${PENDING_FILE} was not written by this version of kvmvlan: ${(error as Error).message}`,
      `Compare bridges and conf with what you want (\`kvmvlan status\`, \`kvmvlan plan\`), then remove the file.`,
    );
  }
}
