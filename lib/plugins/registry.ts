import { bridgeInit } from './bridge_init';
import type { Plugin } from './plugin';
import { vlanFiltering } from './vlan_filtering';

/** The plugins that a dispatcher can run in its own process. */
export const PLUGINS: Readonly<Record<string, Plugin>> = {
  bridge_init: bridgeInit,
  vlan_filtering: vlanFiltering,
};
