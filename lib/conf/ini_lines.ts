import type { ConfProblem } from './conf_problem';

/** A `[section]` line, or a key with its value, continuation lines joined by line ends. */
export type IniLine =
  | { readonly kind: 'section'; readonly line: number; readonly name: string }
  | { readonly kind: 'key'; readonly line: number; readonly key: string; readonly value: string };

/**
 * The lines of an INI text as Python's configparser sees them (RawConfigParser._read, no interpolation): `=` or
 * `:`, keys in any case, comments on lines of their own, a more deeply indented line continues the value before it.
 */
export function readIniLines(text: string, file: string): { lines: IniLine[]; problems: ConfProblem[] } {
  const lines: IniLine[] = [];
  const problems: ConfProblem[] = [];
  let section: string | undefined;
  let open: { line: number; key: string; parts: string[] } | null = null;
  let indent = 0;

  const close = (): void => {
    if (open !== null) {
      lines.push({ kind: 'key', line: open.line, key: open.key, value: open.parts.join('\n').trimEnd() });
    }
    open = null;
  };
  const wrong = (line: number, message: string, hint: string, key?: string): void => {
    problems.push({
      level: 'error',
      place: { file, line },
      ...(section === undefined ? {} : { section }),
      ...(key === undefined ? {} : { key }),
      message,
      hint,
    });
  };
  /** Whose the keys behind a broken header are cannot be known: the problem is the whole file's. */
  const wrongHeader = (line: number, message: string, hint: string): void => {
    problems.push({ level: 'error', place: { file, line }, message, hint });
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
      if (/^\[[^\]]+\]$/.test(words)) {
        const message = `"${words}" is indented, and so goes on with the value before it`;
        wrongHeader(line, message, 'Let every section begin at the left margin.');
      }
      (open as { parts: string[] }).parts.push(words);
      continue;
    }
    close();
    indent = depth;
    const header = /^\[(.+)\]/s.exec(words);
    if (header?.[1] !== undefined) {
      section = header[1];
      lines.push({ kind: 'section', line, name: section });
      continue;
    }
    const option = /^(.*?)\s*[=:]\s*(.*)$/s.exec(words);
    if (option === null && /^\[|\]$/.test(words)) {
      const hint = 'Write the name between [ and ], for example `[veth0]`.';
      wrongHeader(line, `"${words}" is no whole [section]`, hint);
      section = words.replace(/^\[|\]$/g, '');
      lines.push({ kind: 'section', line, name: section });
    } else if (option?.[1] === undefined || option[1] === '') {
      wrong(
        line,
        `"${words}" is neither a [section] nor a key = value`,
        'Write `key = value`, or put # before a comment.',
        // The key that was meant, perhaps.
        /^[a-z][a-z_-]*(?=\s)/i.exec(words)?.[0].toLowerCase(),
      );
    } else if (section === undefined) {
      wrong(
        line,
        `"${words}" stands before the first section`,
        'Put a section before it: `[DEFAULT]` or the name of a port or bridge.',
      );
    } else {
      open = { line, key: option[1].toLowerCase(), parts: [option[2] ?? ''] };
    }
  }
  close();
  return { lines, problems };
}
