/** A section of a keyfile with its lines as they are, comments too. The lines before the first section have the name ''. */
export interface KeyfileSection {
  readonly name: string;
  readonly lines: readonly string[];
}

/** A keyfile that is edited, not modelled: what is not changed stays as it is written. */
export type Keyfile = readonly KeyfileSection[];

/** Both names are read by all versions. Source: nm_meta_setting_infos, `alias` in nm-keyfile-utils.c. */
const ALIASES: Readonly<Record<string, string>> = { '802-3-ethernet': 'ethernet' };

/** Reads a keyfile of NetworkManager. Unlike unit files of systemd it has no continued lines. Source: GKeyFile. */
export function parseKeyfile(text: string): Keyfile {
  const sections: { name: string; lines: string[] }[] = [{ name: '', lines: [] }];
  for (const line of text.split('\n')) {
    const name = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
    if (name === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ name, lines: [] });
  }
  return sections.map(({ name, lines }) => ({ name, lines: withoutLastBlanks(lines) }));
}

/** Writes it with one blank line between sections. */
export function formatKeyfile(keyfile: Keyfile): string {
  const blocks = keyfile
    .filter(({ name, lines }) => name !== '' || lines.length > 0)
    .map(({ name, lines }) => [...(name === '' ? [] : [`[${name}]`]), ...lines, ''].join('\n'));
  return blocks.join('\n');
}

/** The last value of a key, which is the one that counts; null: it is not set. */
export function getValue(keyfile: Keyfile, section: string, key: string): string | null {
  return (
    sectionsOf(keyfile, section)
      .flatMap(({ lines }) => lines.flatMap((line) => (keyOf(line) === key ? [valueOf(line)] : [])))
      .at(-1) ?? null
  );
}

/** Sets a key at the place where it is, or at the end of its section; null removes it. */
export function setValue(keyfile: Keyfile, section: string, key: string, value: string | null): Keyfile {
  const line = value === null ? [] : [`${key}=${value}`];
  const isSet = getValue(keyfile, section, key) !== null;
  let isDone = false;
  const edited = keyfile.map((each) => {
    if (nameOf(each.name) !== nameOf(section)) return each;
    const lines = each.lines.flatMap((old) => {
      if (keyOf(old) !== key) return [old];
      const now = isDone ? [] : line;
      isDone = true;
      return now;
    });
    if (isSet || isDone) return { ...each, lines };
    isDone = true;
    return { ...each, lines: [...lines, ...line] };
  });
  return isDone || value === null ? edited : [...edited, { name: section, lines: line }];
}

export type Setting = readonly [section: string, key: string, value: string | null];

/** Sets several keys. */
export function setValues(keyfile: Keyfile, settings: readonly Setting[]): Keyfile {
  return settings.reduce((edited, setting) => setValue(edited, ...setting), keyfile);
}

/** The sections of one name: it may occur more than once. */
export function sectionsOf(keyfile: Keyfile, name: string): Keyfile {
  return keyfile.filter((each) => nameOf(each.name) === nameOf(name));
}

/** Without the sections of these names. */
export function withoutSections(keyfile: Keyfile, names: readonly string[]): Keyfile {
  return keyfile.filter(({ name }) => !names.includes(nameOf(name)));
}

/** The key of a line; null: it is a comment or blank. */
export function keyOf(line: string): string | null {
  return /^\s*([^#=\s][^=]*?)\s*=/.exec(line)?.[1] ?? null;
}

/** The name by which a section is known here. */
export function nameOf(section: string): string {
  return ALIASES[section] ?? section;
}

function valueOf(line: string): string {
  return line.slice(line.indexOf('=') + 1).trim();
}

function withoutLastBlanks(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, last + 1);
}
