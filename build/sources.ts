/** The sources of a build. A change of one makes the version dirty. */
export const SOURCES = [
  'hooks',
  'lib',
  'build',
  'docs/man',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
