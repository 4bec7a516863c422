import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '../../../../lib/model/known_error';
import { readText } from '../../../../lib/system/files/read_text';

const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the command that an error tells can be pasted: a status file is called like its guest', () => {
  const path = join(folder, '$(>ran) VM.xml');
  symlinkSync(path, path);
  try {
    readText(path);
    throw new Error('it was read');
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    expect(error.hint).toBe(`Check its mode and owner: \`ls -l '${path}'\`.`);
  }
});
