import { join } from 'node:path';
import { repositoryRoot } from '../kernel/repository_root';

/** This folder, also for a bundle in build/dist. */
export const machineTests = join(repositoryRoot(), 'test/machine');
