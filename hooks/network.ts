import type { Main } from '../lib/model/start';
import { dispatcherMain } from '../lib/dispatch/main';

export const network: Main = (start) => dispatcherMain('network', start);
