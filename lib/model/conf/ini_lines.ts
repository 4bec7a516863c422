import type { ProblemCode } from '../problem_code';

/** A `[section]` line; a key with its value, continuation lines joined by line ends; or what is wrong at a line. */
export type IniLine =
  | { readonly kind: 'section'; readonly line: number; readonly name: string }
  | { readonly kind: 'key'; readonly line: number; readonly key: string; readonly value: string }
  | IniProblem;

/** What is wrong at a line, as configparser's grammar goes. */
export interface IniProblem {
  readonly kind: 'problem';
  readonly line: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
  /** The key that may have been meant. */
  readonly key?: string;
  /** It may hide a section: it is unknown to which section the lines below belong. */
  readonly mayHide: boolean;
}

/**
 * The lines of an INI text as Python's configparser sees them (RawConfigParser._read, no interpolation): `=` or
 * `:`, keys in any case, comments on lines of their own, a more deeply indented line continues the value before it.
 * Stricter than Python: text after `]`, which Python drops, is a problem unless it is a comment.
 */
export function readIniLines(text: string): IniLine[] {
  const lines: IniLine[] = [];
  let open: { line: number; key: string; parts: string[] } | null = null;
  let indent = 0;
  const close = (): void => {
    if (open !== null) {
      lines.push({ kind: 'key', line: open.line, key: open.key, value: open.parts.join('\n').trimEnd() });
    }
    open = null;
  };

  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    const words = raw.trim();
    if (/^[#;]/.test(words)) continue;
    if (words === '') {
      (open as { parts: string[] } | null)?.parts.push('');
      continue;
    }
    const depth = raw.search(/\S/);
    if (open !== null && depth > indent) {
      if (/^\[[^\]]+\]$/.test(words)) lines.push(indentedHeader(line, words));
      (open as { parts: string[] }).parts.push(words);
      continue;
    }
    close();
    indent = depth;
    const header = readHeader(words);
    if (header !== null) {
      lines.push({ kind: 'section', line, name: header.name });
      if (header.behind !== '') lines.push(textBehind(line, header.name, header.behind));
      continue;
    }
    const option = /^(.*?)\s*[=:]\s*(.*)$/s.exec(words);
    if (option === null && /^\[|\]$/.test(words)) {
      lines.push(brokenHeader(line, words));
      lines.push({ kind: 'section', line, name: words.replace(/^\[|\]$/g, '') });
    } else if (option?.[1] === undefined || option[1] === '') {
      lines.push(noKey(line, words));
    } else {
      open = { line, key: option[1].toLowerCase(), parts: [option[2] ?? ''] };
    }
  }
  close();
  return lines;
}

/** `[name]` and the text after it, without a comment; null: not a header. A name can contain `]` but not `] `. */
function readHeader(words: string): { name: string; behind: string } | null {
  const whole = /^\[(.+)\]$/s.exec(words)?.[1];
  if (whole !== undefined && !/\]\s/.test(whole)) return { name: whole, behind: '' };
  const [, name, behind = ''] = /^\[(.+?)\](.*)$/s.exec(words) ?? [];
  if (name === undefined) return null;
  // Python ends the name at a `]` in a comment.
  return { name, behind: /^\s+[#;][^\]]*$/.test(behind) ? '' : behind.trim() };
}

function indentedHeader(line: number, words: string): IniProblem {
  const message = `"${words}" is indented, so it was read as a continuation of the value above it`;
  const hint = 'Begin every section at the left margin.';
  return { kind: 'problem', line, code: 'indented-header', message, hint, mayHide: true };
}

function brokenHeader(line: number, words: string): IniProblem {
  const hint = 'Write the name between [ and ], for example `[veth0]`.';
  const message = `"${words}" is not a complete [section]`;
  return { kind: 'problem', line, code: 'broken-header', message, hint, mayHide: true };
}

function textBehind(line: number, name: string, behind: string): IniProblem {
  const message = `"${behind}" is on the same line as [${name}] and would be ignored`;
  const hint = 'Put it on a line of its own, below the header.';
  const key = /^([a-z][a-z_-]*)\s*[=:]/i.exec(behind)?.[1];
  return lineProblem(line, 'text-behind-header', message, hint, key);
}

function noKey(line: number, words: string): IniProblem {
  const message = `"${words}" is neither a [section] nor a key = value`;
  const hint = 'Write `key = value`, or put # before a comment.';
  return lineProblem(line, 'no-key', message, hint, /^[a-z][a-z_-]*(?=\s)/i.exec(words)?.[0]);
}

/** What is wrong with one line only. */
function lineProblem(
  line: number,
  code: ProblemCode,
  message: string,
  hint: string,
  key: string | undefined,
): IniProblem {
  const ofKey = key === undefined ? {} : { key: key.toLowerCase() };
  return { kind: 'problem', line, code, message, hint, ...ofKey, mayHide: false };
}
