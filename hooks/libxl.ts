import type { Main } from '../lib/model/start';
import { dispatcherMain } from '../lib/dispatch/main';

export const libxl: Main = (start) => dispatcherMain('libxl', start);
