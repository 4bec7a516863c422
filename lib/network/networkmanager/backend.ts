import type { Backend } from '../backend';
import { detectNm } from './detect';
import type { NmState } from './nm_state';
import { renderNmRemoval } from './removal';
import { renderNm } from './render';
import { snapshotNm } from './snapshot';

/** NetworkManager 1.18 and later. */
export const networkManagerBackend: Backend<NmState> = {
  name: 'NetworkManager',
  detect: detectNm,
  snapshot: snapshotNm,
  render: renderNm,
  renderRemoval: renderNmRemoval,
};
