import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStamp } from '../../../../lib/system/files/folder_stamp';

test('a folder is another whenever a file of it is added, replaced, written or removed, and only then', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-stamp-'));
  const seen: string[] = [];
  const look = (): void => void seen.push(folderStamp(folder, '.xml'));
  const put = (name: string): void => {
    writeFileSync(join(folder, `${name}.new`), name);
    renameSync(join(folder, `${name}.new`), join(folder, name));
    // As if all happened within one tick of the clock.
    utimesSync(join(folder, name), 1, 1);
    utimesSync(folder, 1, 1);
  };
  look();
  put('a.xml');
  look();
  put('a.xml');
  look();
  writeFileSync(join(folder, 'a.xml'), 'written over');
  look();
  put('b.xml');
  look();
  rmSync(join(folder, 'b.xml'));
  look();
  seen.forEach((stamp, i) => expect(stamp).not.toBe(seen[i - 1]));
  put('a.pid');
  look();
  expect(seen.at(-1)).toBe(seen.at(-2));
  rmSync(folder, { recursive: true });
  expect(folderStamp(folder, '.xml')).toBe('');
});
