import type { Main } from '../lib/model/start';
import { dispatcherMain } from '../lib/dispatch/main';

export const qemu: Main = (start) => dispatcherMain('qemu', start);
