import { spellOutForJson, UNSAFE_ANYWHERE } from './unsafe_characters';

const ALL = new RegExp(UNSAFE_ANYWHERE, 'g');

/**
 * A value as JSON that can be shown on a terminal: JSON itself leaves C1 controls and bidirectional marks as they are.
 * Whoever parses it gets the value unchanged.
 */
export function safeJson(value: unknown, indent = 0): string {
  // They can stand inside of strings only.
  return JSON.stringify(value, null, indent).replace(ALL, spellOutForJson);
}
