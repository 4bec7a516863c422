import type { Main } from '../lib/boot/start';
import { dispatcherMain } from '../lib/dispatch/main';

export const libxl: Main = (start) => dispatcherMain('libxl', start);
