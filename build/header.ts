import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DELIBERATE_ABORT } from '../lib/dispatch/exit_status';
import { PHASES, type OnFailure } from '../lib/model/libvirt/phases';
import { IDENTITY, SNAPSHOTS } from '../lib/system/files/snapshot_files';
import { UNSET_VARIABLES } from './unset_variables';

/**
 * A bundle is both sh and JavaScript. For sh the second line begins with a command that does nothing, and the
 * header ends in exec or exit. For node it is `":"[ … ]` with the header as a comment in it, so that a file that was
 * cut off anywhere is a syntax error and never a program that does nothing and ends in 0.
 */
const OPEN = '":" [/*;';
const CLOSE = '*/';

/** What stands around the bundle's own code, see `OPEN`. */
export const CODE_BEGIN = '(()=>{';
export const CODE_END = '\n})()]\n';

/** The path of node in the header until the installer writes the real one there. */
const NODE_PLACEHOLDER = '@NODE@';

const FOLDER = 'build/headers';

/** The header of a dispatcher; what it is filled with is listed in build/headers/README.md. */
export function dispatcherHeader(driver: string, version: string): string {
  const known = PHASES.filter((phase) => phase.driver === driver);
  const withRule = (...rules: readonly OnFailure[]) =>
    known.filter(({ onFailure }) => rules.includes(onFailure));
  const shielded = [...withRule('never'), ...withRule('report')].map(({ operation }) => operation);
  const mayFail = withRule('abort', 'logged').map(
    ({ operation, suboperation }) => `${operation}_${driver === 'daemon' ? '*' : suboperation}`,
  );
  return header('dispatcher.sh', {
    NAME: driver,
    VERSION: version,
    // No operation has a name like this: the daemon's hook may fail in all of its own.
    SHIELDED: shielded.length === 0 ? '/' : shielded.join('|'),
    MAY_FAIL: mayFail.join(' | '),
    ABORT: String(DELIBERATE_ABORT),
  });
}

/**
 * The header of a plugin or a command.
 *
 * @param node a path without quotes; by default the installer writes it
 */
export function pluginHeader(name: string, version: string, node = NODE_PLACEHOLDER): string {
  return header('plugin.sh', { NAME: name, VERSION: version }).replace(NODE_PLACEHOLDER, node);
}

/** A file of build/headers, filled, between what makes it a comment of JavaScript. Throws where something is left open. */
function header(file: string, values: Readonly<Record<string, string>>): string {
  const filled = { ...values, UNSET: unsetWords(), CACHE: SNAPSHOTS, IDENTITY };
  const text = textOf(file).replace(/@([A-Z_]+)@/g, (all, name: string) => {
    if (all === NODE_PLACEHOLDER) return all;
    const value = (filled as Readonly<Record<string, string>>)[name];
    if (value === undefined) throw new Error(`${join(FOLDER, file)}: nothing to fill ${all} with`);
    return value;
  });
  if (text.includes(CLOSE)) throw new Error(`${join(FOLDER, file)} ends too early for JavaScript`);
  return `${text.replace('\n', `\n${OPEN}`)}${CLOSE}\n`;
}

/** A file with those that it includes. */
function textOf(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
    .replace(/^ *# shellcheck .*\n/gm, '')
    .replace(/^\. \.\/(\S+)\n/gm, (_, included: string) => textOf(included).replace(/^(#.*\n)+\n/, ''));
}

function unsetWords(): string {
  const lines = [''];
  for (const name of UNSET_VARIABLES) {
    const last = lines.length - 1;
    if (`${lines[last]} ${name}`.length > 110) lines.push(`  ${name}`);
    else lines[last] += lines[last] === '' ? name : ` ${name}`;
  }
  return lines.join(' \\\n');
}
