import { dispatcherMain } from '../lib/dispatch/main';

void dispatcherMain('libxl', __filename);
