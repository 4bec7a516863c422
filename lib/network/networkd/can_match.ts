import { valuesOf } from '../sections';
import { matchesPatterns } from './matches_patterns';
import type { Unit } from './units';

/**
 * Whether a .network file may match an interface of one of these names: one fits, and other conditions are taken as met.
 */
export function canMatch({ sections }: Unit, of: readonly string[]): boolean {
  const names = valuesOf(sections, 'Match', 'Name').flatMap((value) => value.split(/\s+/));
  const patterns = names.filter((pattern) => pattern !== '');
  if (patterns.length > 0) return of.some((name) => matchesPatterns(patterns, name));
  return sections.some((section) => section.name === 'Match' && section.entries.length > 0);
}
