import { dispatcherMain } from '../lib/dispatch/main';

void dispatcherMain('lxc', __filename);
