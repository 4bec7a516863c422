import { dispatcherMain } from '../lib/dispatch/main';

void dispatcherMain('qemu', __filename);
