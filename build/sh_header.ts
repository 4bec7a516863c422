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

/** Sets $node, to nothing where there is none. */
export const findNode = (node: string): string => `
# The installer writes the path of node here: libvirt's services have a short PATH.
node='${node}'
[ -x "$node" ] || node=$(command -v node) || node=
unset NODE_OPTIONS`;
