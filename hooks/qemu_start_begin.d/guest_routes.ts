import type { Main } from '../../lib/model/start';
import { guestRoutes } from '../../lib/plugins/guest_routes';
import { pluginMain } from '../../lib/plugins/main';
import { guestRoutesOptions } from '../../lib/plugins/options';

export const guest_routes: Main = ({ file }) => pluginMain(guestRoutes, guestRoutesOptions, file);
