import { bridgeInit } from '../../lib/plugins/bridge_init';
import { bridgeInitOptions } from '../../lib/plugins/options';
import { pluginMain } from '../../lib/plugins/main';

void pluginMain(bridgeInit, bridgeInitOptions, __filename);
