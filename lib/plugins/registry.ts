import type { PluginName } from '../model/own_plugins';
import { bridgeInit } from './bridge_init';
import { guestRoutes } from './guest_routes';
import type { Plugin } from './plugin';
import { vlanFiltering } from './vlan_filtering';

/** The plugins that a dispatcher can run in its own process. */
export const PLUGINS: Readonly<Record<string, Plugin>> = {
  bridge_init: bridgeInit,
  guest_routes: guestRoutes,
  vlan_filtering: vlanFiltering,
} satisfies Readonly<Record<PluginName, Plugin>>;
