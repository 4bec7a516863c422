import { CLOSE, OPEN, findNode } from './sh_header';

/**
 * The header of a plugin: find node, run it.
 *
 * @param node a path without quotes
 */
export function pluginHeader(name: string, version: string, node: string): string {
  return `#!/bin/sh
${OPEN}trap 'exit 1' 0
# kvmvlan ${version} ${name}: sh and JavaScript at once
${findNode(node)}
if [ -z "$node" ]; then
  echo "${name}: node is not there: install it (18.19 or later), then run kvmvlan's install.sh again" >&2
  exit 1
fi
exec "$node" "$0" "$@"
${CLOSE}
`;
}
