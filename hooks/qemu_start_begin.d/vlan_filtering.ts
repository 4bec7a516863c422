import type { Main } from '../../lib/model/start';
import { pluginMain } from '../../lib/plugins/main';
import { vlanFilteringOptions } from '../../lib/plugins/options';
import { vlanFiltering } from '../../lib/plugins/vlan_filtering';

export const vlan_filtering: Main = ({ file }) => pluginMain(vlanFiltering, vlanFilteringOptions, file);
