import type { Backend } from '../backend';
import { findRendering } from './detect';
import { renderRemoval } from './removal';
import { render } from './render';
import { readSnapshot, type NetplanState } from './snapshot';

/** netplan, which writes the files of systemd-networkd or NetworkManager. */
export const netplanBackend: Backend<NetplanState> = {
  name: 'netplan',
  detect: async (io, port) => (await findRendering(io, port))?.file ?? null,
  snapshot: readSnapshot,
  render,
  renderRemoval,
};
