/** A `key = value`. */
export interface IniEntry {
  readonly key: string;
  /** Continuation lines are joined by line ends. */
  readonly value: string;
  readonly line: number;
}

/** A `[section]` line, a key with its value, or what is wrong at a line. */
export type IniLine =
  | { readonly kind: 'section'; readonly line: number; readonly name: string }
  | ({ readonly kind: 'key' } & IniEntry)
  | {
      readonly kind: 'problem';
      readonly line: number;
      readonly fault: IniFault;
      /** The key that may have been meant. */
      readonly key?: string;
      /** It may hide a section: it is unknown to which section the lines below belong. */
      readonly mayHide: boolean;
    };

/** What is wrong at a line, as configparser's grammar goes. */
export type IniFault =
  | { readonly code: 'indented-header' | 'broken-header' | 'no-key'; readonly text: string }
  | { readonly code: 'text-behind-header'; readonly text: string; readonly header: string };

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
      if (/^\[[^\]]+\]$/.test(words)) lines.push(hiding(line, { code: 'indented-header', text: words }));
      (open as { parts: string[] }).parts.push(words);
      continue;
    }
    close();
    indent = depth;
    const header = readHeader(words);
    if (header !== null) {
      lines.push({ kind: 'section', line, name: header.name });
      if (header.behind !== '') {
        const fault = { code: 'text-behind-header', text: header.behind, header: header.name } as const;
        lines.push(ofLine(line, fault, /^([a-z][a-z_-]*)\s*[=:]/i));
      }
      continue;
    }
    const option = /^(.*?)\s*[=:]\s*(.*)$/s.exec(words);
    if (option === null && /^\[|\]$/.test(words)) {
      lines.push(hiding(line, { code: 'broken-header', text: words }));
      lines.push({ kind: 'section', line, name: words.replace(/^\[|\]$/g, '') });
    } else if (option?.[1] === undefined || option[1] === '') {
      lines.push(ofLine(line, { code: 'no-key', text: words }, /^([a-z][a-z_-]*)\s/i));
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

function hiding(line: number, fault: IniFault): IniLine {
  return { kind: 'problem', line, fault, mayHide: true };
}

/**
 * What is wrong with one line only.
 *
 * @param asKey finds the key that may have been meant
 */
function ofLine(line: number, fault: IniFault, asKey: RegExp): IniLine {
  const key = asKey.exec(fault.text)?.[1];
  const ofKey = key === undefined ? {} : { key: key.toLowerCase() };
  return { kind: 'problem', line, fault, ...ofKey, mayHide: false };
}
