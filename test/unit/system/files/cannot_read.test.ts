import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from '../../../../lib/system/files/read_folder';
import { readText } from '../../../../lib/system/files/read_text';
import { safeFolder } from '../../../safe_folder';

const NOBODY = 65_534;
const asRoot = process.geteuid?.() === 0 ? test : test.skip;

const root = safeFolder('kvmvlan-denied-');
afterAll(() => rmSync(root, { recursive: true }));

asRoot('what only root may read is denied to others: the error has this as its reason', () => {
  const [file, folder] = [join(root, 'file'), join(root, 'folder')];
  chmodSync(root, 0o755);
  writeFileSync(file, 'x', { mode: 0o600 });
  mkdirSync(folder, { mode: 0o700 });
  process.seteuid?.(NOBODY);
  try {
    const denied = (path: string): object =>
      expect.objectContaining({
        message: expect.stringContaining(`cannot read ${path}: EACCES`) as string,
        reason: 'access-denied',
      }) as object;
    expect(() => readText(file)).toThrow(denied(file) as Error);
    expect(() => readFolder(folder)).toThrow(denied(folder) as Error);
  } finally {
    process.seteuid?.(0);
  }
});

test('other reasons not to read something are not that', () => {
  expect(() => readText(root)).toThrow(expect.objectContaining({ reason: null }) as Error);
  const file = join(root, 'EACCES');
  writeFileSync(file, '');
  expect(() => readFolder(file)).toThrow(expect.objectContaining({ reason: null }) as Error);
});
