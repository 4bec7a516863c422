import type { Backend } from '../backend';
import { renderRemoval } from './removal';
import { renderCreation } from './render';
import { networkFileOf, readState } from './snapshot';
import type { NetworkdState } from './state';

/**
 * systemd-networkd. The bridge's files sort before the file that configures the port, which stays as it is: without
 * them everything is as before. Tested with 252 and 257.
 */
export const networkdBackend: Backend<NetworkdState> = {
  name: 'systemd-networkd',
  detect: ({ files }, port) => Promise.resolve(networkFileOf(files, port)),
  snapshot: readState,
  render: renderCreation,
  renderRemoval: ({ files }, record, network) => Promise.resolve(renderRemoval(files, record, network)),
};
