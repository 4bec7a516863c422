import { cutText } from '../../text/cut_text';
import type { MetadataPort, MetadataProblem } from '../guest/domain';
import type { ConfProblem } from './conf_problem';
import type { Rule } from '../match/rule';
import type { Key, Keys } from './keys';
import {
  conflictingKeys,
  noSelector,
  shortName,
  tooManyWrong,
  unknownAttributes,
  unknownElement,
  unreadMetadata,
  wrongAttribute,
  type Where,
} from './problems';
import type { WishKind } from './rule_conf';
import { SELECTOR_KEYS } from './selector_keys';

/** The element of a guest's metadata that holds wishes of one kind, and the elements in it. */
export interface MetadataKind<K extends Keys, W> extends WishKind<K, W> {
  readonly list: string;
  readonly element: string;
}

/** How many wrong elements are reported one by one. */
const MAX_WRONG = 20;

/**
 * Reads the elements of a guest's metadata that hold wishes of one kind as rules. Attributes have the names and values of conf keys.
 *
 * @param problem why all of the metadata cannot be read; the result is then one broken rule that may be for any of the
 * guest's interfaces
 */
export function readMetadataRules<K extends Keys, W>(
  guest: string,
  elements: readonly MetadataPort[],
  problem: MetadataProblem | null,
  kind: MetadataKind<K, W>,
): Rule<W>[] {
  const file = `metadata of guest ${guest}`;
  if (problem !== null) return [unreadable(file, problem, kind)];
  let wrong = 0;
  return elements.map((element, index) => {
    const rule = toRule(file, element, index + 1, kind);
    if (rule.problems.length === 0 || ++wrong <= MAX_WRONG) return rule;
    const at = { place: { file, line: 1 }, section: `<${kind.list}>` };
    return { ...rule, problems: [tooManyWrong(at, MAX_WRONG)] };
  });
}

/** The rule if all of the metadata cannot be read. */
function unreadable<K extends Keys, W>(
  file: string,
  problem: MetadataProblem,
  kind: MetadataKind<K, W>,
): Rule<W> {
  const place = { file, line: 1 };
  const label = `<${kind.list}>`;
  const problems = [unreadMetadata({ place, section: label }, problem, kind)];
  return { label, place, origin: 'metadata', conditions: {}, wish: null, problems };
}

function toRule<K extends Keys, W>(
  file: string,
  element: MetadataPort,
  line: number,
  kind: MetadataKind<K, W>,
): Rule<W> {
  const keys: Readonly<Record<string, Key<unknown>>> = { ...SELECTOR_KEYS, ...kind.keys };
  const names = Object.keys(keys);
  const place = { file, line };
  const label = labelOf(element, names.length);
  const problems: ConfProblem[] = [];
  const values = new Map<string, unknown>();
  const unknown: string[] = [];
  const where = { place, section: label };
  const at = (key: string): Where => ({ ...where, key, value: cutText(element.attributes[key] ?? '') });
  if (element.element !== kind.element) problems.push(unknownElement(where, element.element, kind.element));
  for (const [name, text] of Object.entries(element.attributes)) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) {
      unknown.push(name);
      continue;
    }
    const parsed = key.parse(text);
    if ('value' in parsed) values.set(name, parsed.value);
    else problems.push(wrongAttribute(at(name), parsed.wrong, key.allowed));
  }
  if (unknown.length > 0) problems.push(unknownAttributes(where, unknown, names));
  const conditions: Record<string, unknown> = {};
  for (const name of Object.keys(SELECTOR_KEYS)) if (values.has(name)) conditions[name] = values.get(name);
  if (Object.keys(conditions).length === 0 && problems.length === 0) problems.push(noSelector(where));
  const wish = kind.toWish({ get: (name) => values.get(name) as never, isOwn: (name) => values.has(name) });
  if ('fault' in wish) problems.push(conflictingKeys(at(wish.fault.key), wish.fault));
  return {
    label,
    place,
    origin: 'metadata',
    conditions,
    wish: 'value' in wish && problems.length === 0 ? wish.value : null,
    problems,
  };
}

/** The element as in the XML, shortened. */
function labelOf({ element, attributes }: MetadataPort, limit: number): string {
  const words = Object.entries(attributes)
    .slice(0, limit)
    .map(([name, value]) => ` ${shortName(name)}='${cutText(value)}'`);
  return cutText(`<${shortName(element)}${words.join('')}/>`);
}
