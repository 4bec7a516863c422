import { join } from 'node:path';
import { ROUTED_FILE } from '../lib/apply/routes/run_files';
import { DELIBERATE_ABORT } from '../lib/dispatch/exit_status';
import { PHASES, type OnFailure } from '../lib/model/libvirt/phases';
import { IDENTITY, SNAPSHOTS } from '../lib/system/files/snapshot_files';
import { JOURNAL_KINDS } from '../lib/system/log/journal_kinds';
import { joinScript } from './join_script';
import { UNSET_VARIABLES } from './unset_variables';

/**
 * A bundle is both sh and JavaScript. For sh the second line begins with a command that does nothing, and the header
 * ends in exec or exit. For node the file is `":"[ … ]` with the header as a comment. So a file that was cut off is a
 * syntax error, and never a program that does nothing and ends with 0.
 */
const OPEN = '":" [/*;';
const CLOSE = '*/';

/** The text around the bundle's own code, see `OPEN`. */
export const CODE_BEGIN = '(()=>{';
export const CODE_END = '\n})()]\n';

/** Where Debian, Ubuntu and Fedora have node; AppArmor allows libvirt to run it. */
const NODE = '/usr/bin/node';

const FOLDER = 'build/headers';

/** The header of a dispatcher; its placeholders are listed in build/headers/README.md. */
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
    NODE,
    // '/' matches no operation: the daemon's hook may fail in all operations.
    SHIELDED: shielded.length === 0 ? '/' : shielded.join('|'),
    MAY_FAIL: mayFail.join(' | '),
    ABORT: String(DELIBERATE_ABORT),
    ROUTED: ROUTED_FILE,
    TIMED_OUT: JOURNAL_KINDS['hook-timed-out'].id,
  });
}

/**
 * The header of a plugin or a command.
 *
 * @param node a path without quotes
 */
export function pluginHeader(name: string, version: string, node = NODE): string {
  return header('plugin.sh', { NAME: name, VERSION: version, NODE: node });
}

/** Fills in a file of build/headers and makes it a comment of JavaScript. Throws if a placeholder has no value. */
function header(file: string, values: Readonly<Record<string, string>>): string {
  const filled = { ...values, UNSET: unsetWords(), CACHE: SNAPSHOTS, IDENTITY };
  const text = joinScript(FOLDER, file).replace(/@([A-Z_]+)@/g, (all, name: string) => {
    const value = (filled as Readonly<Record<string, string>>)[name];
    if (value === undefined) throw new Error(`${join(FOLDER, file)}: no value for ${all}`);
    return value;
  });
  if (text.includes(CLOSE))
    throw new Error(`${join(FOLDER, file)}: ${CLOSE} would end the comment too early`);
  return `${text.replace('\n', `\n${OPEN}`)}${CLOSE}\n`;
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
