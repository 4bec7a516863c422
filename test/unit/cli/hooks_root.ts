import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { safeFolder } from '../../safe_folder';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** The head of a bundle: for those who only look, it is one. */
export const bundle = (name: string, version = '1.0.0'): string =>
  `#!/bin/sh\n":" [/*;trap 'exit 1' 0\n# kvmvlan ${version} ${name}: sh and JavaScript at once\n`;

/** A hooks root with files by path; what begins with #! is executable. */
export function hooksRoot(files: Readonly<Record<string, string>>): string {
  const root = safeFolder('kvmvlan-cli-');
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, text);
    chmodSync(file, text.startsWith('#!') ? 0o755 : 0o644);
  }
  return root;
}

/** A text with the root's path made the same in each run. */
export function withoutRoot(text: string, root: string): string {
  return text.replaceAll(root, 'ROOT');
}

export const asRoot = process.geteuid?.() === 0 ? test : test.skip;
