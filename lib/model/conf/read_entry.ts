import type { ConfProblem } from './conf_problem';
import type { IniEntry } from './ini_lines';
import type { Keys } from './keys';
import { commentInValue, indentedKey, unknownKey, wrongValue } from './problems';

/** The value of a key's line, or all its problems. */
export type ReadEntry = { readonly value: unknown } | { readonly problems: readonly ConfProblem[] };

/**
 * Reads one `key = value`.
 *
 * @param where its section; absent before the first one
 * @param meanwhile what happens until the line is corrected
 */
export function readEntry(
  { key: name, value, line }: IniEntry,
  where: { readonly file: string; readonly section?: string },
  keys: Keys,
  meanwhile: string,
): ReadEntry {
  const { file, ...section } = where;
  const place = { file, line };
  const at = { place, ...section, key: name, value };
  const swallowed = swallowedKeys(value, keys).map(([key, text]) =>
    indentedKey({ place, ...section, key }, text, name),
  );
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (key === undefined) return { problems: [unknownKey(at, Object.keys(keys)), ...swallowed] };
  // The key itself has lost its value too.
  if (swallowed.length > 0) return { problems: swallowed };
  const comment = /\s([#;].*)$/s.exec(value)?.[1];
  if (comment !== undefined) return { problems: [commentInValue(at, comment, key.isPattern === true)] };
  const parsed = key.parse(value);
  if ('value' in parsed) return parsed;
  return { problems: [wrongValue(at, parsed.wrong, key.allowed, meanwhile)] };
}

/** The lines of a value, after its first one, that look like keys. */
function swallowedKeys(value: string, keys: Keys): [key: string, line: string][] {
  if (!value.includes('\n')) return [];
  const [, ...more] = value.split('\n');
  return more.flatMap((line): [string, string][] => {
    const key = /^(.*?)\s*[=:]/.exec(line)?.[1]?.toLowerCase() ?? '';
    return Object.hasOwn(keys, key) ? [[key, line]] : [];
  });
}
