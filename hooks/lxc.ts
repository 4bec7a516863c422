import type { Main } from '../lib/model/start';
import { dispatcherMain } from '../lib/dispatch/main';

export const lxc: Main = (start) => dispatcherMain('lxc', start);
