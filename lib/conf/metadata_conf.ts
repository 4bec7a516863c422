import type { MetadataPort } from '../domain/domain';
import type { ConfProblem } from './conf_problem';
import { nearest, type Key } from './keys';
import { SELECTOR_KEYS, toWish, WISH_KEYS } from './port_keys';
import type { PortRule } from './vlan_filtering_conf';

const KEYS: Readonly<Record<string, Key<unknown>>> = { ...SELECTOR_KEYS, ...WISH_KEYS };

/** Reads the `<port>` elements of a guest's metadata as rules: attributes are named and read like conf keys. */
export function readMetadataRules(guest: string, ports: readonly MetadataPort[]): PortRule[] {
  return ports.map((port, index) => toRule(guest, port, index + 1));
}

function toRule(guest: string, port: MetadataPort, line: number): PortRule {
  const place = { file: `metadata of guest ${guest}`, line };
  const label = textOf(port);
  const problems: ConfProblem[] = [];
  const values = new Map<string, unknown>();
  const wrong = (message: string, hint: string, key?: string, allowed?: string): void => {
    const detail = key === undefined ? {} : { key, value: port.attributes[key] ?? '' };
    const at = { level: 'error', place, section: label, message, hint } as const;
    problems.push({ ...at, ...detail, ...(allowed === undefined ? {} : { allowed }) });
  };
  if (port.element !== 'port')
    wrong(`<${port.element}> is not known there`, 'Only <port> elements may stand there.');
  for (const [name, text] of Object.entries(port.attributes)) {
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    const near = nearest(name, Object.keys(KEYS));
    if (key === undefined) {
      const hint = near === null ? 'Remove the attribute.' : `Did you mean \`${near}\`?`;
      wrong('unknown attribute', hint, name, Object.keys(KEYS).join(', '));
      continue;
    }
    const parsed = key.parse(text);
    if ('value' in parsed) values.set(name, parsed.value);
    else wrong(parsed.wrong, `Correct it by \`virsh metadata\` or \`virsh edit\`.`, name, key.allowed);
  }
  const conditions: Record<string, unknown> = {};
  for (const name of Object.keys(SELECTOR_KEYS)) if (values.has(name)) conditions[name] = values.get(name);
  if (Object.keys(conditions).length === 0 && problems.length === 0) {
    wrong('it says of no interface', "Add nic='0', mac='…' or alias='…'.");
  }
  const wish = toWish({ get: (name) => values.get(name) as never, isOwn: (name) => values.has(name) });
  if ('fault' in wish) wrong(wish.fault.message, wish.fault.hint, wish.fault.key);
  return {
    label,
    place,
    origin: 'metadata',
    conditions,
    wish: 'value' in wish && problems.length === 0 ? wish.value : null,
    problems,
  };
}

function textOf({ element, attributes }: MetadataPort): string {
  const words = Object.entries(attributes).map(([name, value]) => ` ${name}='${value}'`);
  return `<${element}${words.join('')}/>`;
}
