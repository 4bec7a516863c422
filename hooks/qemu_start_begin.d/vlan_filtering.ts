import { pluginMain } from '../../lib/plugins/main';
import { vlanFilteringOptions } from '../../lib/plugins/options';
import { vlanFiltering } from '../../lib/plugins/vlan_filtering';

void pluginMain(vlanFiltering, vlanFilteringOptions, __filename);
