import type { HostNetwork } from '../../model/network/host_network';
import type { Move } from '../../model/network/move';
import type { BackendName, NetworkChange } from '../../model/network/network_change';
import type { BridgeRecord, PendingMove } from '../../model/network/pending_move';
import type { Problem } from '../../model/problem';
import type { Mention } from '../../network/bridge/mentions';

/** A conf file that changes together with the network. */
export interface ConfEdit {
  readonly name: string;
  readonly path: string;
  readonly was: string | null;
  readonly text: string;
}

/** What `bridge create` or `bridge remove` would do, and what speaks against it. */
export interface Proposal {
  readonly kind: PendingMove['kind'];
  readonly bridge: string;
  readonly port: string;
  readonly before: HostNetwork;
  readonly move: Move;
  /** The network manager, and the file or profile by which it configures the interface now; null: none was found. */
  readonly manager: { readonly name: BackendName; readonly by: string } | null;
  /** Errors: it is refused. */
  readonly problems: readonly Problem[];
  /** Where other programs name the interface. */
  readonly mentions: readonly Mention[];
  /** null: it is refused. */
  readonly plan: {
    readonly change: NetworkChange;
    readonly record: BridgeRecord;
    readonly conf: ConfEdit | null;
  } | null;
}
