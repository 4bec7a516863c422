import { matchesGlob } from '../../text/glob';

/** A list of patterns, one of which must match. If the first begins with `!`, none of them may match. */
export function matchesPatterns(patterns: readonly string[], name: string): boolean {
  const [first = '', ...others] = patterns;
  const isInverted = first.startsWith('!');
  const list = isInverted ? [first.slice(1), ...others] : patterns;
  return list.some((pattern) => matchesGlob(pattern, name)) !== isInverted;
}
