import { cutText } from '../../text/cut_text';
import type { MetadataPort, MetadataProblem } from '../guest/domain';
import type { Problem } from '../problem';
import type { ProblemCode } from '../problem_code';
import type { ConfProblem } from './conf_problem';
import type { Rule } from '../match/rule';
import { nearest, type Key, type Keys } from './keys';
import type { WishKind } from './rule_conf';
import { SELECTOR_KEYS } from './selector_keys';

/** The element of a guest's metadata that holds wishes of one kind, and the elements in it. */
export interface MetadataKind<K extends Keys, W> extends WishKind<K, W> {
  readonly list: string;
  readonly element: string;
}

/** How many wrong elements are reported one by one. */
const MAX_WRONG = 20;
/** How many characters of an unknown name are shown. */
const NAME = 40;

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
    const message = `more than ${MAX_WRONG} elements are wrong`;
    const at = { level: 'error', code: 'metadata-too-many', place: { file, line: 1 } } as const;
    return {
      ...rule,
      problems: [{ ...at, section: `<${kind.list}>`, message, hint: 'Correct the others first.' }],
    };
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
  const problems = [{ level: 'error', place, section: label, ...describe(problem, kind) } as const];
  return { label, place, origin: 'metadata', conditions: {}, wish: null, problems };
}

function describe(
  problem: MetadataProblem,
  { list, element }: Pick<MetadataKind<Keys, unknown>, 'list' | 'element'>,
): Omit<Problem, 'level'> {
  switch (problem.code) {
    case 'too-long':
      return {
        code: 'metadata-too-long',
        message: `the element is longer than ${problem.limit} characters`,
        hint: `Keep only <${element}> elements in it, one per interface.`,
      };
    case 'too-many':
      return {
        code: 'metadata-too-many',
        message: `it has more than ${problem.limit} elements`,
        hint: `Keep one <${element}> per interface.`,
      };
    case 'unknown-element':
      return {
        code: 'unknown-element',
        message: `the outer element is <${cutText(problem.element, NAME)}>, not <${list}>`,
        hint: `Rename it to <${list}> with \`virsh metadata\`.`,
      };
    case 'twice':
      return {
        code: 'metadata-twice',
        message: `there is a second <${list}> element`,
        hint: `Put all <${element}> elements into one.`,
      };
  }
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
  const wrong = (code: ProblemCode, message: string, hint: string, key?: string, allowed?: string): void => {
    const detail = key === undefined ? {} : { key, value: cutText(element.attributes[key] ?? '') };
    const at = { level: 'error', place, section: label, code, message, hint } as const;
    problems.push({ ...at, ...detail, ...(allowed === undefined ? {} : { allowed }) });
  };
  if (element.element !== kind.element)
    wrong(
      'unknown-element',
      `unknown element <${cutText(element.element, NAME)}>`,
      `Only <${kind.element}> elements are allowed here.`,
    );
  for (const [name, text] of Object.entries(element.attributes)) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) {
      unknown.push(name);
      continue;
    }
    const parsed = key.parse(text);
    if ('value' in parsed) values.set(name, parsed.value);
    else
      wrong(
        'wrong-value',
        parsed.wrong,
        `Correct it with \`virsh metadata\` or \`virsh edit\`.`,
        name,
        key.allowed,
      );
  }
  const [first] = unknown;
  if (first !== undefined) {
    const near = nearest(first, names);
    const hint = near === null ? 'Remove the attribute.' : `Did you mean \`${near}\`?`;
    wrong('unknown-key', unknownAttributes(unknown), hint, undefined, names.join(', '));
  }
  const conditions: Record<string, unknown> = {};
  for (const name of Object.keys(SELECTOR_KEYS)) if (values.has(name)) conditions[name] = values.get(name);
  if (Object.keys(conditions).length === 0 && problems.length === 0) {
    wrong('no-selector', 'it selects no interface', "Add nic='0', mac='…' or alias='…'.");
  }
  const wish = kind.toWish({ get: (name) => values.get(name) as never, isOwn: (name) => values.has(name) });
  if ('fault' in wish) wrong('conflicting-keys', wish.fault.message, wish.fault.hint, wish.fault.key);
  return {
    label,
    place,
    origin: 'metadata',
    conditions,
    wish: 'value' in wish && problems.length === 0 ? wish.value : null,
    problems,
  };
}

function unknownAttributes(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => cutText(name, NAME));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return `unknown attribute${names.length > 1 ? 's' : ''} ${shown.join(', ')}${more}`;
}

/** The element as in the XML, shortened. */
function labelOf({ element, attributes }: MetadataPort, limit: number): string {
  const words = Object.entries(attributes)
    .slice(0, limit)
    .map(([name, value]) => ` ${cutText(name, NAME)}='${cutText(value)}'`);
  return cutText(`<${cutText(element, NAME)}${words.join('')}/>`);
}
