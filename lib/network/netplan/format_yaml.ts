import { isMap, type Yaml, type YamlMap } from './yaml';

/** Writes a YAML file in the style of netplan's documentation: blocks, two spaces, quotes only where they are needed. */
export function formatYaml(map: YamlMap): string {
  return `${blockOf(map, '').join('\n')}\n`;
}

function blockOf(value: YamlMap | readonly Yaml[], indent: string): string[] {
  if (Array.isArray(value)) return (value as readonly Yaml[]).flatMap((item) => itemOf(item, indent));
  return Object.entries(value).flatMap(([key, inner]) => {
    const head = `${indent}${scalar(key)}:`;
    return isInline(inner) ? [`${head} ${inline(inner)}`] : [head, ...blockOf(inner, `${indent}  `)];
  });
}

function itemOf(item: Yaml, indent: string): string[] {
  if (isInline(item)) return [`${indent}- ${inline(item)}`];
  const [first = '', ...others] = blockOf(item, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...others];
}

function isInline(value: Yaml): value is string {
  return typeof value === 'string' || Object.keys(value).length === 0;
}

function inline(value: Yaml): string {
  if (typeof value === 'string') return scalar(value);
  return isMap(value) ? '{}' : '[]';
}

/**
 * Text without a character that means something in YAML, and that YAML 1.1 does not take for null or for a number in
 * base 60 (`52:54:00:12:34:56`). Other numbers and booleans may change their type: netplan reads all scalars as text.
 */
const PLAIN = /^(?!(?:null|Null|NULL|~)$)(?!\d+(?::\d+)+$)[A-Za-z0-9/_.+][A-Za-z0-9/_.+@%-]*$/;

/** An IPv6 address or a MAC with letters is plain, too, if no colon begins or ends it. */
const COLONS = /^(?=.*[a-f])[0-9a-f]+(?:::?[0-9a-f]+)+(?:\/\d+)?$/;

function scalar(text: string): string {
  return PLAIN.test(text) || COLONS.test(text) ? text : JSON.stringify(text);
}
