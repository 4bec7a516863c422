import { kvmvlanMain } from '../../lib/cli/main';

void kvmvlanMain(__filename);
