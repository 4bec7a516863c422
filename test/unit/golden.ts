import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compares a text with the one in a file, or with UPDATE_GOLDEN=1 writes it there. */
export function expectGolden(path: string, text: string): void {
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, whole);
  expect(whole).toBe(readFileSync(path, 'utf8'));
}

/** The names of the folders in a folder, sorted. */
export function caseNames(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  if (names.length === 0) throw new Error(`there is no case in ${folder}`);
  return names.sort();
}

/** The text of a case's file. */
export function caseText(folder: string, name: string, file: string): string {
  return readFileSync(join(folder, name, file), 'utf8');
}
