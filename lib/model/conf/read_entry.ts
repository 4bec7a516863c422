import type { ConfProblem } from './conf_problem';
import { nearest, type Key, type Keys } from './keys';
import type { IniEntry } from './read_ini';

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
  const at = { level: 'error', place: { file, line }, ...section } as const;
  const swallowed = swallowedKeys(value, keys).map(([key, text]): ConfProblem => {
    const message = `"${text}" is indented, so it was read as a continuation of ${name}`;
    return { ...at, code: 'indented-key', key, message, hint: 'Begin every key at the left margin.' };
  });
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (key === undefined) {
    const near = nearest(name, Object.keys(keys));
    const hint = near === null ? 'Remove the line, or put # before it.' : `Did you mean \`${near}\`?`;
    const allowed = Object.keys(keys).join(', ');
    const unknown = {
      ...at,
      code: 'unknown-key',
      key: name,
      value,
      message: 'unknown key',
      allowed,
      hint,
    } as const;
    return { problems: [unknown, ...swallowed] };
  }
  // The key itself has lost its value too.
  if (swallowed.length > 0) return { problems: swallowed };
  const behind = /\s([#;].*)$/s.exec(value)?.[1];
  if (behind !== undefined)
    return {
      problems: [{ ...at, code: 'comment-in-value', key: name, value, ...commentBehind(key, value, behind) }],
    };
  const parsed = key.parse(value);
  if ('value' in parsed) return parsed;
  const hint = `Correct the line; until then ${meanwhile}.`;
  return {
    problems: [
      { ...at, code: 'wrong-value', key: name, value, message: parsed.wrong, allowed: key.allowed, hint },
    ],
  };
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

/** Python reads it as part of the value: the section would then be for a guest with that name, which does not exist. */
function commentBehind(key: Key<unknown>, value: string, behind: string): { message: string; hint: string } {
  const message = `"${behind}" is not a comment here: it would be part of the value`;
  const fix = 'Put the comment on a line of its own.';
  if (key.isPattern !== true) return { message, hint: fix };
  return {
    message,
    hint: `${fix} For a name that contains it, write \`${value.replace(/\s(?=[#;])/g, '[$&]')}\`.`,
  };
}
