import type { Main } from '../../lib/model/start';
import { bridgeInit } from '../../lib/plugins/bridge_init';
import { pluginMain } from '../../lib/plugins/main';
import { bridgeInitOptions } from '../../lib/plugins/options';

export const bridge_init: Main = ({ file }) => pluginMain(bridgeInit, bridgeInitOptions, file);
