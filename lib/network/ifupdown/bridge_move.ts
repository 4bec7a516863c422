import type { HostNetwork } from '../../model/network/host_network';
import type { MovedFile } from './moved_files';
import type { IfupdownState } from './snapshot';

/** A bridge that takes over a NIC, or gives it back. */
export interface BridgeMove {
  readonly to: 'without' | 'withBridge';
  readonly files: readonly MovedFile[];
  readonly state: IfupdownState;
  readonly bridge: string;
  readonly port: string;
  readonly vlans: readonly string[];
  readonly network: HostNetwork;
}
