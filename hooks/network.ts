import { dispatcherMain } from '../lib/dispatch/main';

void dispatcherMain('network', __filename);
