import type { Main } from '../../lib/model/start';
import { kvmvlanMain } from '../../lib/cli/main';

export const kvmvlan: Main = ({ file }) => kvmvlanMain(file);
