import { matchesGlob, isGlob } from '../../text/glob';
import type { NetplanFile } from './netplan_files';
import { mapAt, textAt, type YamlMap } from './yaml';

/** What netplan's files define under one name: a file may add to what an earlier one says. */
export interface Definition {
  readonly id: string;
  /** `ethernets`, `bonds` … */
  readonly type: string;
  /** The parts of it, in netplan's order. */
  readonly parts: readonly { readonly file: NetplanFile; readonly part: YamlMap }[];
}

/** null: no file defines it. */
export function findDefinition(files: readonly NetplanFile[], id: string): Definition | null {
  const found = files.flatMap((file) =>
    Object.entries(mapAt(file.yaml, 'network')).flatMap(([type, definitions]) =>
      mapAt(definitions)[id] === undefined ? [] : [{ file, type, part: mapAt(definitions, id) }],
    ),
  );
  const type = found[0]?.type;
  return type === undefined ? null : { id, type, parts: found };
}

/** The last scalar of this key, which is the one that counts; null: not set. */
export function lastText({ parts }: Definition, key: string): string | null {
  return parts.map(({ part }) => textAt(part, key)).findLast((text) => text !== null) ?? null;
}

export function hasKey({ parts }: Definition, key: string): boolean {
  return parts.some(({ part }) => part[key] !== undefined);
}

/** Whether it can apply to several interfaces. */
export function isPattern(definition: Definition): boolean {
  const match = matchOf(definition);
  if (Object.keys(match).length === 0 || match.macaddress !== undefined) return false;
  const name = textAt(match, 'name');
  return name === null || isGlob(name);
}

/** Whether it applies also to an interface of this name and driver, as a bridge or a guest's tap. */
export function alsoMatches(definition: Definition, name: string, driver: string): boolean {
  const match = matchOf(definition);
  const drivers = typeof match.driver === 'string' ? [match.driver] : (match.driver ?? []);
  const names = textAt(match, 'name');
  return (
    (names === null || matchesGlob(names, name)) &&
    (match.driver === undefined ||
      Object.values(drivers).some((each) => typeof each === 'string' && matchesGlob(each, driver)))
  );
}

function matchOf({ parts }: Definition): YamlMap {
  return Object.assign({}, ...parts.map(({ part }) => mapAt(part, 'match'))) as YamlMap;
}
