import { spellOutForJson, UNSAFE_ANYWHERE } from './unsafe_characters';

const ALL = new RegExp(UNSAFE_ANYWHERE, 'g');

/**
 * A value as JSON that is safe to show on a terminal: JSON.stringify does not escape C1 controls and bidirectional
 * marks. Parsing it gives the same value.
 */
export function safeJson(value: unknown, indent = 0): string {
  // In JSON, such characters occur only inside strings.
  return JSON.stringify(value, null, indent).replace(ALL, spellOutForJson);
}
