import { UNSET_VARIABLES } from './unset_variables';

/**
 * A bundle is sh and JavaScript at once. For sh the second line begins with a command that does nothing, and the
 * header ends in exec or exit. For node it is `":"[ … ]` with the header as a comment in it, so that a file that was
 * cut off anywhere is a syntax error and never a program that does nothing and ends in 0. `*` followed by `/` must
 * not occur in the header.
 */
export const OPEN = '":" [/*;';
export const CLOSE = '*/';

/** What stands around the bundle's own code, see `OPEN`. */
export const CODE_BEGIN = '(()=>{';
export const CODE_END = '\n})()]\n';

/** The path of node in the header until the installer writes the real one there. */
export const NODE_PLACEHOLDER = '@NODE@';

/** Sets $node, to nothing where there is none, and leaves nothing in the environment that node itself goes by. */
export const findNode = (node: string): string => `
# The installer writes the path of node here: libvirt's services have a short PATH.
node='${node}'
[ -x "$node" ] || node=$(command -v node) || node=
${unsetLines()}`;

function unsetLines(): string {
  const lines = ['unset'];
  for (const name of UNSET_VARIABLES) {
    const last = lines.length - 1;
    if (`${lines[last]} ${name}`.length > 110) lines.push(`  ${name}`);
    else lines[last] += ` ${name}`;
  }
  return lines.join(' \\\n');
}
