/** A value of a YAML file. Scalars are text, as netplan itself reads them: whether they were quoted makes no difference. */
export type Yaml = string | readonly Yaml[] | YamlMap;

export interface YamlMap {
  readonly [key: string]: Yaml;
}

export function isMap(value: Yaml | undefined): value is YamlMap {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The map at a path of keys; empty if there is none. */
export function mapAt(value: Yaml | undefined, ...path: readonly string[]): YamlMap {
  const found = path.reduce<Yaml | undefined>((at, key) => (isMap(at) ? at[key] : undefined), value);
  return isMap(found) ? found : {};
}

/** The scalar at a key; null: there is none. */
export function textAt(map: YamlMap, key: string): string | null {
  const value = map[key];
  return typeof value === 'string' ? value : null;
}

/** A map without these keys. */
export function without(map: YamlMap, ...keys: readonly string[]): YamlMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

/** A map with another value at a path of keys. The keys keep their places, and new ones come last. */
export function withAt(map: YamlMap, path: readonly string[], value: Yaml): YamlMap {
  const [key = '', ...rest] = path;
  return { ...map, [key]: rest.length === 0 ? value : withAt(mapAt(map, key), rest, value) };
}

/** A map without what is at a path of keys, and without maps that this leaves empty. */
export function withoutAt(map: YamlMap, path: readonly string[]): YamlMap {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return without(map, key);
  if (!isMap(map[key])) return map;
  const inner = withoutAt(mapAt(map, key), rest);
  return Object.keys(inner).length === 0 ? without(map, key) : { ...map, [key]: inner };
}
