import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMANDS } from '../lib/cli/commands';
import { commandWords } from '../lib/cli/completion/completion_words';
import { completionBash } from '../lib/cli/completion/completion_bash';
import { completionZsh } from '../lib/cli/completion/completion_zsh';
import { manCommands } from '../lib/cli/completion/man_commands';
import { completionTemplates } from './completions';

const PAGES = 'docs/man';
/** It is replaced with the descriptions of the commands from the code. */
const PLACEHOLDER = '.\\" @COMMANDS@\n';

/** Writes the man pages and the shell completions to a folder: `man/*.8`, `man/*.5`, `completions/*`. */
export function writeDocs(out: string, version: string): void {
  const words = COMMANDS.map(commandWords);
  for (const name of readdirSync(PAGES)) {
    const page = readFileSync(join(PAGES, name), 'utf8')
      .replace(PLACEHOLDER, () => manCommands(words))
      .replace(/^(\.TH .* "")( "kvmvlan) *"/, (_all, before: string) => `${before} "kvmvlan ${version}"`);
    write(join(out, 'man', name), page);
  }
  const { bash, zsh } = completionTemplates();
  write(join(out, 'completions', 'kvmvlan.bash'), completionBash(bash, words));
  write(join(out, 'completions', '_kvmvlan'), completionZsh(zsh, words));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}
