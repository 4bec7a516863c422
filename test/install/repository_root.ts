import { join } from 'node:path';

/** The checkout that these tests belong to. */
export const repositoryRoot = join(__dirname, '..', '..');
