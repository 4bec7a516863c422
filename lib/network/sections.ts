/** A section of a file of systemd or NetworkManager: its name, and its entries in order. */
export interface Section {
  readonly name: string;
  readonly entries: readonly (readonly [key: string, value: string])[];
}

/**
 * Reads a unit file of systemd or a keyfile of NetworkManager: sections, `key=value`, comments on lines of their own
 * (`#` or `;`), and a line that ends in a backslash continues in the next. A section may occur more than once. Source:
 * systemd.syntax(7), nm-settings-keyfile(5).
 */
export function parseSections(text: string): Section[] {
  const sections: { name: string; entries: [string, string][] }[] = [];
  let pending = '';
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    // A comment within a continued line is skipped, and the line continues after it.
    if (/^[#;]/.test(trimmed)) continue;
    const whole = pending + (pending === '' ? trimmed : ` ${trimmed}`);
    if (whole.endsWith('\\')) {
      pending = whole.slice(0, -1).trimEnd();
      continue;
    }
    pending = '';
    const name = /^\[(.*)\]$/.exec(whole)?.[1];
    if (name !== undefined) {
      sections.push({ name, entries: [] });
      continue;
    }
    const equals = whole.indexOf('=');
    if (equals > 0)
      sections.at(-1)?.entries.push([whole.slice(0, equals).trim(), whole.slice(equals + 1).trim()]);
  }
  return sections;
}

/** All values of a key in the sections of one name, in order. */
export function valuesOf(sections: readonly Section[], name: string, key: string): string[] {
  return sections
    .filter((section) => section.name === name)
    .flatMap(({ entries }) => entries.filter(([each]) => each === key).map(([, value]) => value));
}

/** The last value, which is the one that counts; null: the key is not set. */
export function valueOf(sections: readonly Section[], name: string, key: string): string | null {
  return valuesOf(sections, name, key).at(-1) ?? null;
}
