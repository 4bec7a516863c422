/** The end of the sh header of an executable. The program after it is the same in all executables of a build. */
export const END_OF_HEADER = '\n*/\n';

/** More than any sh header has. Only the start of a foreign file is searched. */
const MAX_HEADER = 16_384;

/** What the sh header of an executable of kvmvlan shows. Each null: it does not show that. */
export interface Bundle {
  /** The name that it was installed with. */
  readonly name: string | null;
  /** The version of kvmvlan that it belongs to. */
  readonly version: string | null;
  /** The path of node that the installer wrote into it. */
  readonly node: string | null;
  /** Everything from the end of the header. */
  readonly program: string | null;
}

/**
 * Reads the header of an executable. Its marker is near the top: `# kvmvlan 1.0.0 vlan_filtering: …`.
 *
 * @param text of the file, or its beginning
 */
export function readBundle(text: string): Bundle {
  const end = text.indexOf(END_OF_HEADER);
  const header = end < 0 ? text.slice(0, MAX_HEADER) : text.slice(0, end);
  const [, version = null, name = null] = /^(?:[^\n]*\n){0,4}?# kvmvlan (\S+) ([^\s:]+)/.exec(header) ?? [];
  const node = /^node='(\/[^']*)'$/m.exec(header)?.[1] ?? null;
  return { name, version, node, program: end < 0 ? null : text.slice(end) };
}
