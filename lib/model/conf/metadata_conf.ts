import { cutText } from '../../text/cut_text';
import type { MetadataPort, MetadataProblem } from '../guest/domain';
import type { Problem } from '../problem';
import type { ProblemCode } from '../problem_code';
import type { ConfProblem } from './conf_problem';
import { nearest, type Key } from './keys';
import { SELECTOR_KEYS, toWish, WISH_KEYS } from './port_keys';
import type { PortRule } from './vlan_filtering_conf';

const KEYS: Readonly<Record<string, Key<unknown>>> = { ...SELECTOR_KEYS, ...WISH_KEYS };
const ALLOWED = Object.keys(KEYS).join(', ');

/** How many wrong elements are reported one by one. */
const MAX_WRONG = 20;
/** How many characters of an unknown name are shown. */
const NAME = 40;

/**
 * Reads the `<port>` elements of a guest's metadata as rules. Attributes have the names and values of conf keys.
 *
 * @param problem why all of the metadata cannot be read; the result is then one broken rule that may be for any of the
 * guest's interfaces
 */
export function readMetadataRules(
  guest: string,
  ports: readonly MetadataPort[],
  problem: MetadataProblem | null,
): PortRule[] {
  const file = `metadata of guest ${guest}`;
  if (problem !== null) return [unreadable(file, problem)];
  let wrong = 0;
  return ports.map((port, index) => {
    const rule = toRule(file, port, index + 1);
    if (rule.problems.length === 0 || ++wrong <= MAX_WRONG) return rule;
    const message = `more than ${MAX_WRONG} elements are wrong`;
    const at = { level: 'error', code: 'metadata-too-many', place: { file, line: 1 } } as const;
    return { ...rule, problems: [{ ...at, section: '<ports>', message, hint: 'Correct the others first.' }] };
  });
}

/** The rule if all of the metadata cannot be read. */
function unreadable(file: string, problem: MetadataProblem): PortRule {
  const place = { file, line: 1 };
  const label = '<ports>';
  const problems = [{ level: 'error', place, section: label, ...describe(problem) } as const];
  return { label, place, origin: 'metadata', conditions: {}, wish: null, problems };
}

function describe(problem: MetadataProblem): Omit<Problem, 'level'> {
  switch (problem.code) {
    case 'too-long':
      return {
        code: 'metadata-too-long',
        message: `the element is longer than ${problem.limit} characters`,
        hint: 'Keep only <port> elements in it, one per interface.',
      };
    case 'too-many':
      return {
        code: 'metadata-too-many',
        message: `it has more than ${problem.limit} elements`,
        hint: 'Keep one <port> per interface.',
      };
    case 'unknown-element':
      return {
        code: 'unknown-element',
        message: `the outer element is <${cutText(problem.element, NAME)}>, not <ports>`,
        hint: 'Rename it to <ports> with `virsh metadata`.',
      };
    case 'twice':
      return {
        code: 'metadata-twice',
        message: 'there is a second <ports> element',
        hint: 'Put all <port> elements into one.',
      };
  }
}

function toRule(file: string, port: MetadataPort, line: number): PortRule {
  const place = { file, line };
  const label = labelOf(port);
  const problems: ConfProblem[] = [];
  const values = new Map<string, unknown>();
  const unknown: string[] = [];
  const wrong = (code: ProblemCode, message: string, hint: string, key?: string, allowed?: string): void => {
    const detail = key === undefined ? {} : { key, value: cutText(port.attributes[key] ?? '') };
    const at = { level: 'error', place, section: label, code, message, hint } as const;
    problems.push({ ...at, ...detail, ...(allowed === undefined ? {} : { allowed }) });
  };
  if (port.element !== 'port')
    wrong(
      'unknown-element',
      `unknown element <${cutText(port.element, NAME)}>`,
      'Only <port> elements are allowed here.',
    );
  for (const [name, text] of Object.entries(port.attributes)) {
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
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
    const near = nearest(first, Object.keys(KEYS));
    const hint = near === null ? 'Remove the attribute.' : `Did you mean \`${near}\`?`;
    wrong('unknown-key', unknownAttributes(unknown), hint, undefined, ALLOWED);
  }
  const conditions: Record<string, unknown> = {};
  for (const name of Object.keys(SELECTOR_KEYS)) if (values.has(name)) conditions[name] = values.get(name);
  if (Object.keys(conditions).length === 0 && problems.length === 0) {
    wrong('no-selector', 'it selects no interface', "Add nic='0', mac='…' or alias='…'.");
  }
  const wish = toWish({ get: (name) => values.get(name) as never, isOwn: (name) => values.has(name) });
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
function labelOf({ element, attributes }: MetadataPort): string {
  const words = Object.entries(attributes)
    .slice(0, Object.keys(KEYS).length)
    .map(([name, value]) => ` ${cutText(name, NAME)}='${cutText(value)}'`);
  return cutText(`<${cutText(element, NAME)}${words.join('')}/>`);
}
