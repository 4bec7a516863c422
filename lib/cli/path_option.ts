import type { Options } from 'yargs';

/** An option whose value is a path. Completion offers files for it. */
export interface PathOption extends Options {
  readonly isPath: true;
}

/** Not `normalize` of yargs: that turns an empty value into `.`, and takes `..` out of paths with links. */
export function pathOption(describe: string): PathOption {
  return { type: 'string', isPath: true, describe };
}
