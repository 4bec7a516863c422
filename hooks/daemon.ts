import { dispatcherMain } from '../lib/dispatch/main';

void dispatcherMain('daemon', __filename);
