import type { Main } from '../lib/model/start';
import { dispatcherMain } from '../lib/dispatch/main';

export const daemon: Main = (start) => dispatcherMain('daemon', start);
